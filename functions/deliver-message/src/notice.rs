//! Facts that a mail tells.

use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::secret::Secret;

/// Facts that a mail about one challenge tells.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// The subject matter.
    pub topic: Topic,
    /// The name of the application, if it has one.
    pub application: Option<&'a str>,
    /// The name of the app client, if it has one: the code works there alone.
    pub client: Option<&'a str>,
    /// The short code, unless it has expired.
    pub short_code: Option<TimedCode>,
    /// The long code, in groups.
    pub long_code: TimedCode,
    /// The mark of the session that caused the mail: its page shows the same letters.
    pub mark: String,
    /// Time of issue, in seconds since 1970: of two mails the later one is the newest, whichever
    /// arrives first.
    pub issued: u64,
}

/// A code and its validity.
#[derive(Clone, Debug)]
pub struct TimedCode {
    /// The code.
    pub code: Secret,
    /// Minutes for which it is still valid.
    pub minutes: u64,
}

/// Subject matter of a mail.
#[derive(Clone, Debug)]
pub enum Topic {
    /// A sign-in by a code.
    Code,
    /// A sign-in by a link, with a code beside it.
    Link(Link),
    /// A code of the built-in directory.
    Directory(Occasion),
}

/// A link that signs in.
#[derive(Clone, Debug)]
pub struct Link {
    /// The whole address.
    pub address: Secret,
    /// Minutes for which the link is still valid.
    pub minutes: u64,
}
