//! Lines for the audit: what an administrator or operator is about to do to a user.

/// An action that is about to be carried out.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a> {
    /// The function that carries it out.
    pub function: &'static str,
    /// The action, in fixed words.
    pub action: &'static str,
    /// One word that tells a change from a dry run.
    pub outcome: &'static str,
    /// The user: a hash or an id of ours, never a name or an address.
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
            target: "lifeguard", record = subject, code = action, outcome,
            caller, key, "{function}: {action} for {subject}"
        );
    }
}
