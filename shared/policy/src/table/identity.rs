//! The members of `identity`.

use crate::setting::Setting;

/// Every member of `POLICY.identity`.
pub(super) const IDENTITY: [Setting; 26] = [
    Setting {
        path: "identity.identity_pool",
        values: "identity pool id",
        default: "required",
        meaning: "The identity pool that identities come from; its Region is the part before the colon.",
    },
    Setting {
        path: "identity.provider",
        values: "developer provider name",
        default: "required",
        meaning: "The developer provider name of Lifeguard in the identity pool; it cannot be changed there.",
    },
    Setting {
        path: "identity.token_minutes",
        values: "1 to 60",
        default: "15",
        meaning: "The lifetime of an OpenID token, in minutes.",
    },
    Setting {
        path: "identity.directory",
        values: "`built_in`, or an object with `url`, `key_version` (1) and `names` (`folded`, or `exact`)",
        default: "none",
        meaning: "The directory of users with a password: the table of Lifeguard, or an endpoint of the operator. Guesses are counted by name; `exact` is for a directory in which `Noor` and `noor` are two users.",
    },
    Setting {
        path: "identity.registration.mode",
        values: "`open`, `closed`",
        default: "`open`",
        meaning: "`closed` refuses every registration in the built-in directory with 403 `registration_closed`; registrations that were mailed before can still be confirmed.",
    },
    Setting {
        path: "identity.registration.mails_a_day",
        values: "8 to 1000000",
        default: "1000",
        meaning: "The registrations of one day (UTC) at the built-in directory. Each of eight rows takes an eighth, by the hash of the address; beyond it the answer is 429 `registration_paused` until midnight UTC.",
    },
    Setting {
        path: "identity.registration.mails_a_domain",
        values: "1 to 1000000",
        default: "200",
        meaning: "The same for the addresses of one domain. Domains of large mail providers (`shared/sign-up/data`) have no such limit.",
    },
    Setting {
        path: "identity.registration.challenge",
        values: "object with `url` and `key_version` (1)",
        default: "none",
        meaning: "An endpoint of the operator that confirms the `challenge_token` of each registration before a mail is sent. Without a confirmed token the answer is 403 `challenge_refused`.",
    },
    Setting {
        path: "identity.code_under_attack",
        values: "`true`, `false`",
        default: "`false`",
        meaning: "While the limit of wrong passwords of a name of the built-in directory is reached, the right one is refused; with `true`, it signs in together with a mailed code.",
    },
    Setting {
        path: "identity.first_party",
        values: "list of client ids",
        default: "none; required with a directory",
        meaning: "The clients that may send a password.",
    },
    Setting {
        path: "identity.tags",
        values: "object from tag key to value",
        default: "none",
        meaning: "The principal tags of every user of the directory.",
    },
    Setting {
        path: "identity.pool_issuers",
        values: "list of issuers",
        default: "none",
        meaning: "Issuers of tokens that the identity pool accepts itself, beside the user pool and the social providers: their tokens may not be exchanged, in any spelling of the issuer.",
    },
    Setting {
        path: "identity.issuers",
        values: "list of objects",
        default: "none",
        meaning: "The issuers of tokens that are exchanged; each once, and none that is a provider of the identity pool, whatever the spelling, the host name or the Region.",
    },
    Setting {
        path: "identity.issuers[].iss",
        values: "text",
        default: "required",
        meaning: "The `iss` of a token, byte for byte.",
    },
    Setting {
        path: "identity.issuers[].jwks",
        values: "URL",
        default: "required",
        meaning: "The address of the issuer's keys; `https`, or `http` to this machine; not an address of the user pool, of identity pools or of a social provider. Keys of `pool_issuers` must not be used either, which is not checked: their addresses are not known.",
    },
    Setting {
        path: "identity.issuers[].audience",
        values: "text",
        default: "required",
        meaning: "The audience that a token's `aud` must name.",
    },
    Setting {
        path: "identity.issuers[].algorithm",
        values: "`RS256` to `RS512`, `PS256` to `PS512`, `ES256`, `ES384`, `EdDSA` or `Ed25519`",
        default: "required",
        meaning: "The one algorithm the issuer signs with.",
    },
    Setting {
        path: "identity.issuers[].typ",
        values: "text, or list of texts",
        default: "`JWT`",
        meaning: "The media types that a token's `typ` may name, in any letter case, with or without `application/`; a token without `typ` is accepted too.",
    },
    Setting {
        path: "identity.issuers[].max_age_minutes",
        values: "1 to 60",
        default: "5",
        meaning: "The age at which a token is too old, counted from its `iat`. Kubernetes renews a token of an hour after 48 minutes: 60 there.",
    },
    Setting {
        path: "identity.issuers[].tags",
        values: "object from tag key to claim",
        default: "none",
        meaning: "The principal tags that the issuer's tokens give.",
    },
    Setting {
        path: "identity.links",
        values: "list of objects, at most 19",
        default: "none",
        meaning: "The providers of logins that users may link to their account; each `provider` and each `iss` once.",
    },
    Setting {
        path: "identity.links[].provider",
        values: "provider name",
        default: "required",
        meaning: "The provider's key among the identity pool's logins, such as `accounts.google.com`, or `cognito-idp.`, the Region, `.amazonaws.com/` and the id of a user pool.",
    },
    Setting {
        path: "identity.links[].iss",
        values: "text",
        default: "`https://` and the provider name",
        meaning: "The `iss` of an ID token, byte for byte; of Google with or without `https://`, and of a user pool in the original or the updated form, whichever is given. Not one of `identity.issuers`, in any spelling.",
    },
    Setting {
        path: "identity.links[].jwks",
        values: "URL",
        default: "`iss` and `/.well-known/jwks.json`",
        meaning: "The address of the provider's keys; `https`, or `http` to this machine.",
    },
    Setting {
        path: "identity.links[].audiences",
        values: "list of client ids",
        default: "required",
        meaning: "The accepted clients: the `aud` of an ID token must name one of them, and no other client.",
    },
    Setting {
        path: "identity.links[].algorithm",
        values: "as for issuers",
        default: "`RS256`",
        meaning: "The one algorithm the provider signs with.",
    },
];
