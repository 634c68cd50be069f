//! Codes and links in the texts of mails.

/// Returns the short code in the text of a mail: a line of its own.
pub(crate) fn code_of(mail: &str) -> String {
    line_of(mail, |line| line.len() >= 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns the long code in the text of a mail, in groups.
pub(crate) fn long_code_of(mail: &str) -> String {
    line_of(mail, |line| {
        let groups: Vec<&str> = line.split('-').collect();
        let plain = |group: &&str| {
            group.len() == 4 && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        groups.len() == 4 && groups.iter().all(plain)
    })
}

fn line_of(mail: &str, is_code: impl Fn(&str) -> bool) -> String {
    let code = mail.lines().map(str::trim).find(|line| is_code(line));
    code.unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
}

/// Returns the fragment of the link in the text of a mail, with which the client answers.
pub(crate) fn fragment_of(mail: &str) -> String {
    let link = mail.split_whitespace().find(|word| word.starts_with("https://"));
    let (_, fragment) = link.and_then(|link| link.split_once('#')).expect("a link");
    fragment.to_owned()
}
