//! The clauses of the guarantee, as they are broken.

use thiserror::Error;

/// A clause of the guarantee that did not hold, in the words of the guarantee.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Clause {
    /// The starts that the guarantee allows did not sign the owner in.
    #[error("the owner is signed in at the first or second start: {0} starts did not")]
    Starts(u64),
    /// Both codes of the mail that was sent last were refused, and nothing had come in between.
    #[error("the codes of the mail that was sent last sign in: they were refused after {0} s")]
    NewestMail(u64),
    /// A start had a challenge that no answer fits.
    #[error("no start is blank: a start had a challenge that no answer fits")]
    NoChallenge,
    /// A mail that could be sent was given up.
    #[error("nothing but the mail has to be waited for: mail {0} was given up after {1} s")]
    Mail(u32, u64),
    /// The starts took too long.
    #[error("at most {1} s if each start is answered within 40 s: it took {0} s")]
    Time(u64, u64),
    /// A lost mail cost more than the wait for the next one.
    #[error("a mail that never arrives costs the gap, at most 60 min: it cost {0} s")]
    Gap(u64),
    /// More mails than a day allows.
    #[error("at most 32 mails in 24 h and one more for each completed sign-in: {0} and {1}")]
    Mails(usize, usize),
    /// A mail came twice.
    #[error("a mail may be lost and is never doubled: mail {0} came twice")]
    MailTwice(u32),
    /// More wrong short codes were compared than the limits allow.
    #[error("at most 20 wrong short codes in 24 h and 100 without a success: {0} and {1}")]
    Guesses(usize, u64),
    /// More wrong passwords were compared than the limits allow.
    #[error(
        "at most 10 wrong passwords in 15 min, 20 in 24 h and 100 without a success: {0}, {1}, {2}"
    )]
    Passwords(usize, usize, usize),
    /// A right code of a recovery got no session.
    #[error("a completed recovery returns a session: a right code got none")]
    Recovery,
    /// A right code of a registration got no account, or an attacker's password went with it.
    #[error("registration cannot be squatted: the owner's code and password made no account")]
    Squatted,
    /// A right code beside a right password got no session.
    #[error("a password under attack signs in with a mailed code: a right code got no session")]
    CodeBesidePassword,
    /// A session of the owner's does not work any more.
    #[error("a session that is alive is never hurt by attackers' attempts: it ended")]
    Session,
    /// A wrong answer was right.
    #[error("no token without the right answer: a wrong one was taken")]
    WrongAnswer,
    /// A right answer counted twice, or after a success.
    #[error("no second use: challenge {0} was answered again")]
    SecondUse(u32),
    /// The same event got two verdicts.
    #[error("an event that comes again gets the same verdict: it got another one")]
    Verdict,
    /// Sessions with one challenge show the same mark.
    #[error("a mark belongs to its session, never to the challenge: {0} of {1} pairs are equal")]
    Mark(u64, u64),
    /// A mail shows another mark than the page of the session that caused it.
    #[error("the mark ties a mail to its page: they differ")]
    MarkOfMail,
    /// A function failed although everything that it depends on worked.
    #[error("a working dependency fails no sign-in: {0}")]
    Fault(String),
}
