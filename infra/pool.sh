#!/usr/bin/env bash
# Sourced by attach.sh and detach.sh: changes the triggers of a user pool and nothing else.
#
# UpdateUserPool resets whatever a request leaves out. So the request is made of everything that
# DescribeUserPool shows, and a member that is not known here stops the script before it changes
# anything.

# What UpdateUserPool takes beside the triggers, by the names that DescribeUserPool has for it.
KEPT='["AccountRecoverySetting", "AdminCreateUserConfig", "AutoVerifiedAttributes",
    "DeletionProtection", "DeviceConfiguration", "EmailConfiguration", "EmailVerificationMessage",
    "EmailVerificationSubject", "MfaConfiguration", "Name", "Policies", "SmsAuthenticationMessage",
    "SmsConfiguration", "SmsVerificationMessage", "UserAttributeUpdateSettings", "UserPoolAddOns",
    "UserPoolTags", "UserPoolTier", "VerificationMessageTemplate"]'

# What no request can change, or what only tells how the pool is.
SHOWN='["AliasAttributes", "Arn", "CreationDate", "CustomDomain", "Domain",
    "EmailConfigurationFailure", "EstimatedNumberOfUsers", "Id", "LastModifiedDate",
    "SchemaAttributes", "SmsConfigurationFailure", "Status", "UsernameAttributes",
    "UsernameConfiguration"]'

fail() {
    echo "$*" >&2
    exit 1
}

# describe POOL: the pool as it is, in a fixed order.
describe() {
    aws cognito-idp describe-user-pool --user-pool-id "$1" --output json | jq --sort-keys .UserPool
}

# without_triggers: of a pool, what must be the same afterwards. The days of unused accounts follow
# those of temporary passwords.
without_triggers() {
    jq --sort-keys 'del(.LambdaConfig, .LastModifiedDate, .EstimatedNumberOfUsers,
        .AdminCreateUserConfig.UnusedAccountValidityDays)'
}

# triggers_of: the triggers of a pool, in a fixed order.
triggers_of() {
    jq --sort-keys '.LambdaConfig // {}'
}

# function_arns STACK ARN: an object from trigger to the ARN of the stack's function; ARN is that
# of the pool, which is in the same account and Region.
function_arns() {
    local trigger partition region account
    IFS=: read -r _ partition _ region account _ <<<"$2"
    for trigger in PreSignUp:pre-sign-up PostConfirmation:post-confirmation \
        DefineAuthChallenge:define-auth-challenge CreateAuthChallenge:create-auth-challenge \
        VerifyAuthChallengeResponse:verify-auth-challenge; do
        jq -n --arg trigger "${trigger%%:*}" \
            --arg arn "arn:$partition:lambda:$region:$account:function:$1-${trigger#*:}" \
            '{($trigger): $arn}'
    done | jq -s add
}

# other_clients POOL STACK: the app clients of the pool that are not the stack's, a name and an id a
# line.
other_clients() {
    local own
    own=$(aws cloudformation describe-stacks --stack-name "$2" --output json |
        jq -ce '[.Stacks[0].Outputs[] | select(.OutputKey | IN("WebClientId", "ServerClientId"))
            | .OutputValue] | select(length == 2)') ||
        fail "The clients of $2 cannot be read from its outputs; nothing was changed."
    aws cognito-idp list-user-pool-clients --user-pool-id "$1" --output json |
        jq -r --argjson own "$own" '.UserPoolClients[]
            | select(.ClientId | IN($own[]) | not) | "\(.ClientName) \(.ClientId)"'
}

# change POOL BEFORE TRIGGERS CONSENT: shows what would change, asks unless CONSENT is `given`,
# changes it, and looks whether anything else did. BEFORE is the pool as it was decided upon.
change() {
    local pool=$1 before=$2 triggers=$3 consent=$4 unknown request after answer
    triggers=$(jq --sort-keys . <<<"$triggers")
    unknown=$(jq -c --argjson kept "$KEPT" --argjson shown "$SHOWN" \
        'keys - $kept - $shown - ["LambdaConfig"]' <<<"$before")
    [ "$unknown" = '[]' ] ||
        fail "The pool has settings that this script does not know and would reset: $unknown"
    if diff --unified=100 \
        --label "$pool, triggers now" <(triggers_of <<<"$before") \
        --label "$pool, triggers then" - <<<"$triggers"; then
        echo "Nothing is to be changed."
        return
    fi
    if [ "$consent" != given ]; then
        read -rp "Change the triggers of $pool? [y/N] " answer
        [ "$answer" = y ] || fail "Nothing was changed."
    fi
    # A password policy with days of its own forbids the older setting beside it.
    request=$(jq --arg pool "$pool" --argjson kept "$KEPT" --argjson triggers "$triggers" '
        with_entries(select(.key as $name | $kept | index($name)))
        | del(.AdminCreateUserConfig.UnusedAccountValidityDays)
        | with_entries(if .key == "Name" then .key = "PoolName" else . end)
        | .UserPoolId = $pool | .LambdaConfig = $triggers' <<<"$before")
    after=$(describe "$pool")
    [ "$(jq 'del(.EstimatedNumberOfUsers)' <<<"$after")" = \
        "$(jq 'del(.EstimatedNumberOfUsers)' <<<"$before")" ] ||
        fail "Somebody else has changed the pool in the meantime; nothing was changed here."
    aws cognito-idp update-user-pool --cli-input-json "$request" >/dev/null
    after=$(describe "$pool")
    if ! diff --unified=3 --label before <(without_triggers <<<"$before") \
        --label after <(without_triggers <<<"$after"); then
        fail "More than the triggers has changed, see above: set it back by hand."
    fi
    [ "$(triggers_of <<<"$after")" = "$triggers" ] ||
        fail "The triggers are not as they should be: $(jq -c .LambdaConfig <<<"$after")"
    echo "Only the triggers have changed."
}
