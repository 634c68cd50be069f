//! Families of refresh tokens under random steps, beside a model of their own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_identity::limits::{FAMILY_IDLE, FAMILY_LIFE, GRACE};
use lifeguard_identity::refresh::{Use, judge};
use lifeguard_store::accounts::{Accounts, NewSession, Revocation, Rotation, Written};
use lifeguard_testkit::{EmbeddedDynamo, MemoryAccounts, Seeded};

use support::NOW;
use support::accounts::{Store, family, id, key, newcomer, session, table, tag};

/// Expectation of a client about a family, without generations: the tokens that were handed
/// out, in order, and what became of the newest.
struct Model {
    number: u64,
    /// Number of times that each token was issued; the last is the leaf.
    tokens: Vec<u32>,
    begun: u64,
    used: u64,
    alive: bool,
}

impl Model {
    /// Presents token `place` and returns the place of its successor, if any.
    fn show(&mut self, place: usize, now: u64) -> Option<usize> {
        let leaf = self.tokens.len() - 1;
        let timely = now < self.used + FAMILY_IDLE && now < self.begun + FAMILY_LIFE;
        self.alive &= timely;
        if !self.alive {
            return None;
        }
        if place == leaf {
            self.tokens.push(0);
            self.used = now;
        } else if place + 1 < leaf || now > self.used + GRACE {
            self.alive = false;
            return None;
        }
        self.tokens[place + 1] += 1;
        Some(place + 1)
    }
}

/// The provider's way with a refresh token, without the identity pool between.
async fn refresh(store: &Store, family: u64, generation: u32, now: u64) -> Option<u32> {
    let account = store.read(&key(), now).await.unwrap()?;
    let tag = tag(family);
    match judge(account.status, account.family(&tag), generation, now) {
        Use::Rotate => {
            let version = account.version;
            let rotation = Rotation { key: key(), id: id(), version, family: tag, generation, now };
            let rotated = store.rotate(&rotation).await.unwrap();
            (rotated == Written::Done).then_some(generation + 1)
        }
        Use::SameSuccessor => Some(generation + 1),
        Use::Reuse => {
            store.revoke(&key(), &id(), &Revocation::Family(tag)).await.unwrap();
            None
        }
        Use::Inactive => None,
    }
}

/// Returns the number of tokens of a family that could still be used up.
async fn leaves(store: &Store, model: &Model, now: u64) -> usize {
    let account = store.read(&key(), now).await.unwrap().unwrap();
    let family = account.family(&tag(model.number));
    let generations = 0..=model.tokens.len() as u32;
    generations
        .filter(|generation| judge(account.status, family, *generation, now) == Use::Rotate)
        .count()
}

/// Plays random steps, and says how many tokens were refused.
async fn play(store: &Store, seed: u64, steps: usize) -> usize {
    let mut seeded = Seeded::new(seed);
    let mut now = NOW;
    let mut families: Vec<Model> = Vec::new();
    let mut refused = 0;
    store.find_or_create(&newcomer()).await.unwrap();
    for step in 0..steps {
        now += match seeded.below(20) {
            0..=8 => 0,
            9..=14 => seeded.below(GRACE + 3),
            15..=18 => seeded.below(100_000),
            _ => seeded.below(FAMILY_IDLE + 1_000),
        };
        if families.is_empty() || seeded.once_in(12) {
            let number = step as u64 + 1;
            let version = store.read(&key(), now).await.unwrap().unwrap().version;
            let after = now - NOW;
            let new =
                NewSession { version, family: family(number, after), ..session(number, after) };
            assert_eq!(store.begin(&new).await.unwrap(), Written::Done);
            families.push(Model { number, tokens: vec![1], begun: now, used: now, alive: true });
            // More than these would push each other out.
            if families.len() > 12 {
                let oldest = families.remove(0);
                store.revoke(&key(), &id(), &Revocation::Family(tag(oldest.number))).await.unwrap();
            }
            continue;
        }
        if seeded.once_in(150) {
            store.revoke(&key(), &id(), &Revocation::All).await.unwrap();
            families.iter_mut().for_each(|family| family.alive = false);
            continue;
        }
        let which = seeded.below(families.len() as u64) as usize;
        let model = &mut families[which];
        if seeded.once_in(60) {
            store.revoke(&key(), &id(), &Revocation::Family(tag(model.number))).await.unwrap();
            model.alive = false;
            continue;
        }
        let newest = model.tokens.len() as u64 - 1;
        let back = if seeded.once_in(6) { seeded.below(newest + 1) } else { seeded.below(2) };
        let place = newest.saturating_sub(back) as usize;
        let shown = refresh(store, model.number, place as u32, now).await;
        let expected = model.show(place, now).map(|place| place as u32);
        assert_eq!(shown, expected, "seed {seed}, step {step}: token {place} of {newest}");
        refused += usize::from(shown.is_none());
        let leaves = leaves(store, model, now).await;
        assert_eq!(leaves, usize::from(model.alive), "seed {seed}, step {step}");
    }
    refused
}

#[tokio::test]
async fn t65_a_family_has_one_leaf_and_dies_of_a_token_that_is_used_again() {
    let mut refused = 0;
    for seed in 0..500 {
        refused += play(&Store::Memory(MemoryAccounts::default()), seed, 1_000).await;
    }
    assert!(refused > 10_000, "only {refused} tokens were refused");
    let dynamo = EmbeddedDynamo::start();
    assert!(play(&table(&dynamo).await, 500, 600).await > 10);
}
