//! Lines for the audit: what somebody with rights beyond their own is about to do to a person.

/// Something that is about to be done.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a> {
    /// The function that does it.
    pub function: &'static str,
    /// What is done, in fixed words.
    pub action: &'static str,
    /// Whether it is done or only said: one word.
    pub outcome: &'static str,
    /// To whom: a hash or an id of ours, never a name or an address.
    pub subject: &'a str,
    /// The unique id of the IAM principal who asks; empty where CloudTrail records the call.
    pub caller: &'a str,
    /// The id of the access key that signed, which leads to the person behind a role; empty alike.
    pub key: &'a str,
}

impl Audit<'_> {
    /// Writes the line.
    pub fn write(self) {
        let Self { function, action, outcome, subject, caller, key } = self;
        tracing::info!(
            target: "lifeguard", trigger = function, record = subject, code = action, outcome,
            caller, key, "{function}: {action} for {subject}"
        );
    }
}
