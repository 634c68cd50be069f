//! Ways in: what an owner and an attacker can start at each place, and answer there.

pub mod directory;
pub mod sign_in;

use std::future::ready;

use crate::clause::Clause;
use crate::rows::Rows;
use crate::system::{Call, Outcome, System};

/// State of a start of the owner.
#[derive(Clone, Debug)]
pub enum Started<S> {
    /// It needed no mail.
    SignedIn,
    /// It waits for the codes of a mail.
    Waits(S),
}

/// The functions of a user's ways in. Each way has a place with mails and limits of its own.
pub trait Ways: Sized {
    /// A start that waits for the codes of a mail.
    type Session;

    /// Sign-ins to play in addition to a hundred, since some are not attacked or need no mail.
    const SPARE: u64;

    /// Builds the system of a seed, on rows that no other seed with this user uses.
    fn system(seed: u64, rows: Rows, journal: bool) -> System<Self>;

    /// Returns the way in at a place, in the words of the report.
    fn name(&self, place: usize) -> &'static str;

    /// Returns the number of digits of a short code at a place.
    fn digits(&self, place: usize) -> u32;

    /// Returns the number of answers that a session takes at a place.
    fn answers(&self, place: usize) -> u64;

    /// True if the owner may use two devices at once at a place.
    fn has_other_devices(&self, place: usize) -> bool;

    /// True if the codes of a mail work beside those of a newer one at a place; else the newer one
    /// costs a start.
    fn keeps_older_codes(&self, place: usize) -> bool;

    /// Returns the place of a session.
    fn place(session: &Self::Session) -> usize;

    /// Returns the number of the challenge of a session.
    fn number(session: &Self::Session) -> u32;

    /// True if the owner follows the link of the mail with this number.
    fn follows_link(system: &mut System<Self>, session: &Self::Session, number: u32) -> bool;

    /// Returns the place at which the owner is about to start.
    ///
    /// # Errors
    /// A clause that is broken; of every operation.
    fn choose(system: &mut System<Self>) -> impl Future<Output = Result<usize, Clause>>;

    /// The owner comes to a place. Returns false if no mail was needed to get in.
    fn arrive(system: &mut System<Self>) -> impl Future<Output = Result<bool, Clause>> {
        let _ = system;
        ready(Ok(true))
    }

    /// The owner starts.
    fn start(
        system: &mut System<Self>,
        place: usize,
    ) -> impl Future<Output = Result<Call<Started<Self::Session>>, Clause>>;

    /// An attacker starts; `None` if there is nothing to answer.
    fn attack(
        system: &mut System<Self>,
        place: usize,
    ) -> impl Future<Output = Result<Option<Self::Session>, Clause>>;

    /// Gives an answer.
    fn answer(
        system: &mut System<Self>,
        session: &mut Self::Session,
        answer: &str,
    ) -> impl Future<Output = Result<Call<Outcome>, Clause>>;

    /// Attackers do what they can beside mails and codes.
    fn harass(system: &mut System<Self>) -> impl Future<Output = Result<(), Clause>> {
        let _ = system;
        ready(Ok(()))
    }

    /// The owner has got in, and looks if that lasts.
    fn look_after(system: &mut System<Self>) -> impl Future<Output = Result<(), Clause>> {
        let _ = system;
        ready(Ok(()))
    }
}
