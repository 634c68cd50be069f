//! Resolution of a request's logins to an identity.

use super::amr::methods;
use super::directory::{DONT_MATCH, IdentityDirectory};
use super::identity_claims::IdentityClaims;
use super::linking::LinkRequest;
use super::login::{Login, LoginKind, VerifiedLogin};
use super::login_verifier::{LoginVerifier, VerifiedLogins};
use super::pool::Pool;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// Resolves logins to identities.
pub(crate) struct IdentityResolver {
    pub(crate) directory: IdentityDirectory,
    pub(crate) logins: LoginVerifier,
}

/// Identity of a request, and the proof that the caller holds it.
pub(crate) struct ResolvedIdentity {
    pub(crate) pool: String,
    pub(crate) id: String,
    pub(crate) proof: IdentityProof,
}

/// Proof that a caller holds an identity.
pub(crate) enum IdentityProof {
    /// None: a guest of the pool.
    Guest,
    /// Logins at public providers.
    Public(Vec<VerifiedLogin>),
    /// Token that the identity pool issued.
    Own(IdentityClaims),
}

impl IdentityResolver {
    /// Returns the identity that logins lead to, made if need be; without a login a new guest.
    pub(crate) async fn identify(&self, pool_id: &str, logins: &Texts) -> Result<String, ApiError> {
        self.directory.pools().pool(pool_id)?;
        match self.logins.verify(pool_id, logins).await? {
            // The pool's own tokens are for an identity that is known already.
            VerifiedLogins::Own(_) => Err(ApiError::refused(DONT_MATCH)),
            VerifiedLogins::Public(verified) if verified.is_empty() => {
                self.directory.add_guest(pool_id)
            }
            VerifiedLogins::Public(verified) => self.link(pool_id, None, &verified),
        }
    }

    /// Returns the identity of a request that names one and proves to hold it.
    pub(crate) async fn resolve(
        &self,
        id: &str,
        logins: &Texts,
    ) -> Result<ResolvedIdentity, ApiError> {
        let pool = self.directory.pools().pool_of(id)?.id.clone();
        let (id, proof) = match self.logins.verify(&pool, logins).await? {
            VerifiedLogins::Public(verified) if verified.is_empty() => {
                self.directory.check_guest(&pool, id)?;
                (id.to_owned(), IdentityProof::Guest)
            }
            VerifiedLogins::Public(verified) => {
                (self.link(&pool, Some(id), &verified)?, IdentityProof::Public(verified))
            }
            VerifiedLogins::Own(claims) => {
                if claims.identity != id {
                    return Err(ApiError::refused(DONT_MATCH));
                }
                self.directory.check_reachable(&pool, id)?;
                (id.to_owned(), IdentityProof::Own(claims))
            }
        };
        Ok(ResolvedIdentity { pool, id, proof })
    }

    fn link(
        &self,
        pool: &str,
        identity: Option<&str>,
        verified: &[VerifiedLogin],
    ) -> Result<String, ApiError> {
        let public: Vec<Login> = verified.iter().map(|one| one.login.clone()).collect();
        self.directory.identify(pool, &LinkRequest { developer: None, public: &public, identity })
    }
}

impl ResolvedIdentity {
    /// Returns the claims of the identity, with the tags that the pool's tag maps make.
    pub(crate) fn into_claims(self, pool: &Pool) -> IdentityClaims {
        let verified = match self.proof {
            IdentityProof::Own(claims) => return claims,
            IdentityProof::Guest => Vec::new(),
            IdentityProof::Public(verified) => verified,
        };
        let proved: Vec<(LoginKind, &Login)> =
            verified.iter().map(|one| (one.kind, &one.login)).collect();
        let tags = verified
            .iter()
            .filter_map(|one| Some(pool.tag_maps.get(&one.login.provider)?.apply(&one.claims)))
            .flatten()
            .collect();
        IdentityClaims { amr: methods(&pool.id, &proved), pool: self.pool, identity: self.id, tags }
    }
}
