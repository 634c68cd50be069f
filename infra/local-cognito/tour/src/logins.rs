//! Chapter seven: one person, several logins, one identity; and who must not get there.

mod pia;
mod refusals;

use self::pia::{DESCRIBE_CALL, FREE_CALL, PIA_ELSEWHERE, Pia, social_keys};
use crate::client::{Said, text};
use crate::credentials::{check_note, reach_out};
use crate::developer::directory::{NOTE, PIA, sign_in_again};
use crate::developer::person::{POOL_CALL, Person, READ_CALL, WRITE_CALL, granted};
use crate::names::{DEVELOPER_PROVIDER, SOCIAL_PROVIDER};
use crate::plan::{Happens, Plan, SIGNED_IN};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;

/// Calls of a link from the proof on: read, list, reserve; look for an identity of its own,
/// and lead the login here. `GetId` and `UnlinkIdentity` are not signed, so that the journal
/// names no function for them.
const LINK_CALLS: &[&str] = &[READ_CALL, WRITE_CALL, WRITE_CALL, DESCRIBE_CALL, POOL_CALL];

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let pia = arrive(tour).await?;
    let proof = link(tour, &pia).await?;
    one_prefix(tour, &pia).await?;
    link_user_pool(tour, &pia).await?;
    refusals::replayed(tour, &pia, &proof).await?;
    refusals::without_nonce(tour, &pia).await?;
    refusals::one_side(tour, &pia).await?;
    refusals::of_another_account(tour, &pia).await?;
    unlink(tour, &pia).await?;
    refusals::own_identity(tour, &pia).await
}

async fn arrive(tour: &mut Tour) -> Result<Pia, Stopped> {
    let arrive = Plan {
        name: "Pia signs in to the directory again",
        expected: "her identity, and the file below its prefix",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL] },
    };
    tour.step(arrive, async |client| {
        let tokens = granted(sign_in_again(client).await?)?;
        let access = text(&tokens, "/access_token")?;
        let keys = Person::arrive(client, &tokens).await?.keys;
        check_note(client, &keys, NOTE).await?;
        Ok(Pia { access, keys })
    })
    .await
}

/// Links Pia's login at the social provider; the proof comes back.
async fn link(tour: &mut Tour, pia: &Pia) -> Result<String, Stopped> {
    let nonce = Plan {
        name: "Pia asks for a nonce",
        expected: "one that only this session can use, once",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL] },
    };
    let nonce = tour.step(nonce, async |client| client.link_nonce(&pia.access).await).await?;

    let link = Plan {
        name: "Pia signs in at the social provider with the nonce and links that login",
        expected: "both logins lead to one identity",
        happens: Happens::InTurn { triggers: &[], aws_calls: LINK_CALLS },
    };
    tour.step(link, async |client| {
        let proof = client.social_token(PIA_ELSEWHERE, &nonce).await?;
        linked(client.link(&pia.access, &proof).await?)?;
        Ok(proof)
    })
    .await
}

async fn one_prefix(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let reach = Plan {
        name: "Pia comes with the social login alone",
        expected: "the same identity and the same file",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL] },
    };
    tour.step(reach, async |client| {
        let keys = social_keys(client).await?;
        ensure!(keys.identity == pia.keys.identity, "it is another identity");
        check_note(client, &keys, NOTE).await?;
        let providers = client.linked(&pia.access).await?;
        ensure!(providers == [SOCIAL_PROVIDER], "the account lists {providers:?}");
        Ok(())
    })
    .await
}

/// Links Pia's login at the user pool as well.
async fn link_user_pool(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let create = Plan {
        name: "an administrator creates Pia in the user pool",
        expected: "a user with a verified address",
        happens: Happens::InTurn { triggers: &["PreSignUp_AdminCreateUser"], aws_calls: &[] },
    };
    tour.step(create, async |client| client.create(PIA).await).await?;

    let link = Plan {
        name: "Pia signs in at the pages of the user pool with a nonce and links that login too",
        expected: "three logins, one identity, one file",
        happens: Happens::InTurn {
            triggers: &[SIGNED_IN],
            aws_calls: &[&[READ_CALL, WRITE_CALL, SIGNED_IN], LINK_CALLS, &[READ_CALL]].concat(),
        },
    };
    tour.step(link, async |client| {
        let nonce = client.link_nonce(&pia.access).await?;
        let proof = client.managed_login(PIA, &nonce).await?;
        linked(client.link(&pia.access, &proof).await?)?;
        let logins = client.logins(&proof);
        let keys = client.credentials(&client.identity(&logins).await?, &logins).await?;
        ensure!(keys.identity == pia.keys.identity, "it is another identity");
        check_note(client, &keys, NOTE).await?;
        let providers = client.linked(&pia.access).await?;
        ensure!(providers.len() == 2, "the account lists {providers:?}");
        Ok(())
    })
    .await
}

async fn unlink(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let own = Plan {
        name: "Pia unlinks the directory itself",
        expected: "refused: it is the login that the account consists of",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL] },
    };
    tour.step(own, async |client| {
        refusals::not_linked(client.unlink(&pia.access, DEVELOPER_PROVIDER).await?, "last_login")
    })
    .await?;

    let unlink = Plan {
        name: "Pia unlinks the social login",
        expected: "it leads to another identity, which cannot reach her file",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[READ_CALL, POOL_CALL, DESCRIBE_CALL, FREE_CALL, WRITE_CALL],
        },
    };
    tour.step(unlink, async |client| {
        linked(client.unlink(&pia.access, SOCIAL_PROVIDER).await?)?;
        let keys = social_keys(client).await?;
        ensure!(keys.identity != pia.keys.identity, "it is the same identity");
        reach_out(client, &keys, &pia.keys, NOTE).await
    })
    .await?;

    let unlink = Plan {
        name: "Pia unlinks the user pool, which has a slash in its name",
        expected: "nothing but the directory leads to her identity",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[READ_CALL, POOL_CALL, DESCRIBE_CALL, FREE_CALL, WRITE_CALL, READ_CALL],
        },
    };
    let name = tour.client.user_pool_provider();
    tour.step(unlink, async |client| {
        linked(client.unlink(&pia.access, &name).await?)?;
        ensure!(client.linked(&pia.access).await?.is_empty(), "something is linked");
        Ok(())
    })
    .await
}

fn linked(said: Said) -> anyhow::Result<()> {
    said.map(drop).map_err(|code| anyhow::anyhow!("it answers {code}"))
}
