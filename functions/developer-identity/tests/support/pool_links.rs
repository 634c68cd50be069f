//! The linked logins of the test pool.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use developer_identity::identity_pool::links::PoolLinks;
use developer_identity::identity_pool::{DeveloperToken, PoolFault};
use developer_identity::login_token::VerifiedLogin;
use developer_identity::logins::Logins;
use lifeguard_identity::pool_identity::PoolIdentity;
use lifeguard_testkit::fixtures::NOW;
use serde_json::Value;

use super::pool::Pool;

fn subject(token: &str) -> String {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}

impl Pool {
    async fn doing<T>(&self, work: impl FnOnce() -> Result<T, PoolFault>) -> Result<T, PoolFault> {
        let answer = self.service.call(async {
            match self.known.refuses.get() {
                true => Err(PoolFault::LoginRefused),
                false => work(),
            }
        });
        answer.await.unwrap_or_else(|_| Err(PoolFault::Link("lost".into())))
    }
}

impl PoolLinks for Pool {
    async fn find_identity(&self, login: &VerifiedLogin) -> Result<String, PoolFault> {
        let sub = subject(login.token().expose());
        self.doing(|| Ok(self.known.identity_of(login.provider(), &sub))).await
    }

    async fn describe(&self, identity: &str) -> Result<PoolIdentity, PoolFault> {
        self.doing(|| {
            let leads_to = self.known.leads_to.borrow();
            let mut providers: Vec<String> = leads_to
                .iter()
                .filter(|(_, id)| *id == identity)
                .map(|((provider, _), _)| provider.clone())
                .collect();
            let created = self.known.created.borrow().get(identity).copied();
            if created.is_none() {
                providers.push("lifeguard".to_owned());
            }
            Ok(PoolIdentity { created: created.unwrap_or(NOW - 86_400), providers })
        })
        .await
    }

    async fn link(&self, identity: &str, logins: &Logins) -> Result<String, PoolFault> {
        self.doing(|| {
            let all = logins.as_map().clone();
            self.known.linked.borrow_mut().push((identity.to_owned(), all.clone()));
            for (provider, token) in all.iter().filter(|(provider, _)| *provider != "lifeguard") {
                let login = (provider.clone(), subject(token));
                let mut leads_to = self.known.leads_to.borrow_mut();
                if leads_to.get(&login).is_some_and(|id| id != identity) {
                    self.known.merged.set(self.known.merged.get() + 1);
                    return Ok(leads_to[&login].clone());
                }
                let other = |((name, sub), id): (&(String, String), &String)| {
                    *name == login.0 && *sub != login.1 && id == identity
                };
                if leads_to.iter().any(other) {
                    return Err(PoolFault::Conflict);
                }
                leads_to.insert(login, identity.to_owned());
            }
            Ok(identity.to_owned())
        })
        .await
    }

    async fn unlink(&self, token: &DeveloperToken, provider: &str) -> Result<(), PoolFault> {
        assert!(token.token.expose().contains(&token.identity));
        self.doing(|| {
            self.known.take(&token.identity, provider);
            Ok(())
        })
        .await
    }

    async fn release(&self, identity: &str, login: &VerifiedLogin) -> Result<(), PoolFault> {
        self.doing(|| {
            self.known.take(identity, login.provider());
            Ok(())
        })
        .await
    }
}
