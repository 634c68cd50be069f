//! The mails of the built-in directory: recovery, registration, and the code beside a password that
//! is under attack.

use lifeguard_sign_in::occasion::{DIGITS, Occasion};
use lifeguard_testkit::Seeded;

use super::{Started, Ways};
use crate::clause::Clause;
use crate::directory::requests::{Requested, tokens};
use crate::directory::{Caller, Directory, Guesser, PendingCode, place_of};
use crate::faults::Faults;
use crate::hazards::Hazards;
use crate::rows::Rows;
use crate::system::{Call, Environment, Outcome, System};
use crate::table::Table;

/// The password of attackers.
const GUESS: &str = "whatever an attacker tries";
/// Most wrong passwords until a password is locked.
const LOCK: usize = 21;
/// A request with a right code in so many is sent again, after seconds in this range.
const AGAIN: (u64, std::ops::Range<u64>) = (10, 5..10);

const REGISTRATION: usize = place_of(Occasion::Registration);
const RECOVERY: usize = place_of(Occasion::Recovery);
const SIGN_IN: usize = place_of(Occasion::SignIn);

impl Ways for Directory {
    type Session = PendingCode;
    const SPARE: u64 = 30;

    fn system(seed: u64, rows: Rows, journal: bool) -> System<Self> {
        let mut random = Seeded::new(seed);
        let faults = Faults::default();
        let table = Table::new(rows.clone(), faults.clone());
        let (functions, policy) = Self::deploy(seed, &mut random, &rows, &table, &faults);
        let hazards = Hazards::draw(&mut random);
        let keys = functions.rows();
        System::new(
            functions,
            Environment { table, faults, hazards, random, policy, journal },
            keys,
        )
    }

    fn name(&self, place: usize) -> &'static str {
        match Occasion::ALL[place] {
            Occasion::Registration => "registrations",
            Occasion::Recovery => "recoveries",
            Occasion::SignIn => "sign-ins with a code beside the password",
        }
    }

    fn digits(&self, _: usize) -> u32 {
        DIGITS.into()
    }

    fn answers(&self, _: usize) -> u64 {
        u64::MAX
    }

    /// Two devices register one account: the second one would wait for a mail that never comes.
    fn has_other_devices(&self, place: usize) -> bool {
        place != REGISTRATION
    }

    /// The codes of a registration are tied to a number that the row keeps of the newest mail alone.
    fn keeps_older_codes(&self, place: usize) -> bool {
        place != REGISTRATION
    }

    fn place(session: &PendingCode) -> usize {
        session.place
    }

    fn number(session: &PendingCode) -> u32 {
        session.challenge.number
    }

    fn follows_link(_: &mut System<Self>, _: &PendingCode, _: u32) -> bool {
        false
    }

    async fn choose(system: &mut System<Self>) -> Result<usize, Clause> {
        if system.functions.password.is_some() && system.random.once_in(12) {
            system.erase_account().await?;
        }
        let by_password = system.random.once_in(4);
        let directory = &mut system.functions;
        directory.tries_password = by_password;
        Ok(match &directory.password {
            None => REGISTRATION,
            Some(_) if by_password && directory.code_under_attack => SIGN_IN,
            Some(_) => RECOVERY,
        })
    }

    async fn arrive(system: &mut System<Self>) -> Result<bool, Clause> {
        system.use_session(true).await?;
        let Some(password) = system.functions.password.clone() else { return Ok(true) };
        if !system.functions.tries_password {
            return Ok(true);
        }
        if system.functions.code_under_attack && !system.random.once_in(10) {
            system.lock().await?;
            return Ok(true);
        }
        match system.send_password(&password).await? {
            None => Ok(true),
            granted @ Some(_) => {
                system.functions.tokens = granted;
                Ok(false)
            }
        }
    }

    async fn start(
        system: &mut System<Self>,
        place: usize,
    ) -> Result<Call<Started<PendingCode>>, Clause> {
        let password = match (place, system.functions.password.clone()) {
            (SIGN_IN, Some(password)) => password,
            _ => system.functions.next_password(),
        };
        match system.request_code(place, Caller::Owner, password).await? {
            Requested::Pending(pending) => Ok(Call::Done(Started::Waits(pending))),
            Requested::Granted(tokens) => {
                system.functions.tokens = Some(tokens);
                Ok(Call::Done(Started::SignedIn))
            }
            Requested::Disturbed => Ok(Call::Disturbed),
            Requested::Refused => Err(Clause::NoChallenge),
        }
    }

    async fn attack(
        system: &mut System<Self>,
        place: usize,
    ) -> Result<Option<PendingCode>, Clause> {
        for _ in 0..LOCK {
            match system.request_code(place, Caller::Attacker, GUESS.to_owned()).await? {
                Requested::Pending(pending) => return Ok(Some(pending)),
                Requested::Granted(_) => return Err(Clause::WrongAnswer),
                Requested::Refused if place != SIGN_IN => return Err(Clause::NoChallenge),
                Requested::Refused if system.functions.code_under_attack => {}
                Requested::Refused | Requested::Disturbed => return Ok(None),
            }
        }
        Ok(None)
    }

    async fn answer(
        system: &mut System<Self>,
        session: &mut PendingCode,
        answer: &str,
    ) -> Result<Call<Outcome>, Clause> {
        let response = system.send_code(session, answer).await?;
        let accepted = response.status < 300;
        if !session.is_of_owner() {
            return match accepted {
                true if system.is_right(session.place, None, answer) => {
                    Err(Clause::SecondUse(session.challenge.number))
                }
                true => Err(Clause::WrongAnswer),
                false => Ok(Call::Done(Outcome::GoesOn)),
            };
        }
        if !accepted {
            return match (response.disturbed, response.right) {
                (true, _) => Ok(Call::Disturbed),
                (false, true) => Err(broken(session.place)),
                (false, false) => Ok(Call::Done(Outcome::GoesOn)),
            };
        }
        system.functions.password = Some(session.password().to_owned());
        if session.place != REGISTRATION {
            system.functions.tokens = Some(tokens(&response.body, system.now)?);
        }
        system.answer_again(session, answer).await?;
        if session.place == REGISTRATION {
            let granted = system.send_password(session.password()).await?;
            system.functions.tokens = Some(granted.ok_or(Clause::Squatted)?);
        }
        Ok(Call::Done(Outcome::SignedIn))
    }

    async fn harass(system: &mut System<Self>) -> Result<(), Clause> {
        match system.functions.guesser {
            Guesser::Never => Ok(()),
            Guesser::Seldom => {
                for _ in 0..system.random.below(4) {
                    system.guess_password().await?;
                }
                Ok(())
            }
            Guesser::Always => system.lock().await,
        }
    }

    async fn look_after(system: &mut System<Self>) -> Result<(), Clause> {
        Self::harass(system).await?;
        system.use_session(false).await
    }
}

impl System<Directory> {
    /// Sends a wrong password.
    async fn guess_password(&mut self) -> Result<(), Clause> {
        match self.request_code(SIGN_IN, Caller::Attacker, GUESS.to_owned()).await? {
            Requested::Granted(_) => Err(Clause::WrongAnswer),
            Requested::Pending(_) | Requested::Refused | Requested::Disturbed => Ok(()),
        }
    }

    /// Sends wrong passwords until none is compared any more.
    async fn lock(&mut self) -> Result<(), Clause> {
        for _ in 0..LOCK {
            if self.is_locked() {
                break;
            }
            self.guess_password().await?;
        }
        Ok(())
    }

    /// Sends a request with a right code once more, now and then: it succeeds again.
    async fn answer_again(&mut self, session: &PendingCode, answer: &str) -> Result<(), Clause> {
        let (times, seconds) = AGAIN;
        if !self.random.once_in(times) {
            return Ok(());
        }
        let wait = seconds.start + self.random.below(seconds.end - seconds.start);
        self.pause(wait).await?;
        let again = self.send_code(session, answer).await?;
        match again.status < 300 || again.disturbed {
            true => Ok(()),
            false => Err(Clause::Verdict),
        }
    }
}

/// The clause that a right code without a result breaks at a place.
fn broken(place: usize) -> Clause {
    match Occasion::ALL[place] {
        Occasion::Registration => Clause::Squatted,
        Occasion::Recovery => Clause::Recovery,
        Occasion::SignIn => Clause::CodeBesidePassword,
    }
}
