//! Reads the link that a user has pasted.
//!
//! A link is answered with everything behind its `#`. Users also paste the whole address, the
//! whole mail, or an address that a mail gateway has wrapped. Wherever the characters of the link
//! are unchanged, they are found: the MAC proves them, so where they stood does not matter.

use std::collections::BTreeSet;

use super::LONGEST;
use super::letter::is_invisible;
use crate::secret::Secret;

/// The beginning of every link: of the base64url of a JSON object.
const BEGINNING: &str = "eyJ";
/// The length of a link's MAC, in characters of base64url.
const MAC_LENGTH: usize = 43;

/// The links in an answer.
#[derive(Clone, Debug)]
pub enum Pasted {
    /// There is none.
    Nothing,
    /// There is one, perhaps more than once: the part behind its `#`.
    One(Secret),
    /// There are several, of which none is taken.
    Several,
}

/// Finds the link in an answer.
#[must_use]
pub fn pasted(answer: &Secret) -> Pasted {
    let Some(text) = Some(answer.expose()).filter(|text| text.len() <= LONGEST) else {
        return Pasted::Nothing;
    };
    let text = decode(&unfold(text));
    // Marks of chats, and of version 3 of Proofpoint's wrapper, come right behind a link.
    let mut found = fragments(&text, |rest| rest.bytes().all(|byte| byte == b'_'));
    if found.is_empty() {
        // A mail program has broken the link in lines, so what follows sticks to its end. A link
        // in one piece is not taken: it was passed over above for what sticks to it.
        let joined: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        found = fragments(&joined, |_| true);
        found.retain(|link| !text.contains(link.as_str()));
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (None, _) => Pasted::Nothing,
        (Some(fragment), None) => Pasted::One(Secret::new(fragment)),
        (Some(_), Some(_)) => Pasted::Several,
    }
}

/// The fragments in a text, of which `admits` judges what follows the MAC without a break.
fn fragments(text: &str, admits: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let in_link = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let fragment = |token: &str| {
        let (payload, mac) = token.trim_matches('.').split_once('.')?;
        let (mac, rest) = mac.split_at_checked(MAC_LENGTH)?;
        let dotted = mac.contains('.') || rest.contains('.');
        let usable = payload.starts_with(BEGINNING) && !dotted && admits(rest);
        usable.then(|| format!("{payload}.{mac}"))
    };
    text.split(|letter| !in_link(letter)).filter_map(fragment).collect()
}

/// The text without invisible characters and without the soft line breaks of quoted-printable
/// (RFC 2045, section 6.7).
fn unfold(text: &str) -> String {
    let visible: String = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    visible.replace("=\r\n", "").replace("=\n", "")
}

/// The text with percent-encoded ASCII decoded once, as a wrapper's query has the address.
fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte.filter(u8::is_ascii), part.get(2..)) {
            (Some(byte), Some(rest)) => {
                decoded.push(char::from(byte));
                decoded.push_str(rest);
            }
            _ => {
                decoded.push('%');
                decoded.push_str(part);
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::{Pasted, pasted};
    use crate::secret::Secret;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    const MAC: &str = "abcdefghijklmnopqrstuvwxyz-_ABCDEFGHIJKLMNO";
    const PAYLOAD: &str = "eyJ1c2VyTmFtZSI6Im5vb3IiLCJpYXQiOjE4MDB9";

    fn link() -> String {
        format!("{PAYLOAD}.{MAC}")
    }

    /// The link in an answer, or how many there are.
    fn read(answer: &str) -> Result<String, usize> {
        match pasted(&Secret::new(answer.to_owned())) {
            Pasted::Nothing => Err(0),
            Pasted::One(fragment) => Ok(fragment.expose().to_owned()),
            Pasted::Several => Err(2),
        }
    }

    #[test]
    fn link_is_found_in_whatever_surrounds_it() {
        let link = link();
        let url = format!("https://app.example.com/sign-in?a=b&amp;c=1.5#{link}");
        let encoded = format!("https%3A%2F%2Fapp.example.com%2Fsign-in%23{link}");
        let (start, end) = link.split_at(20);
        let (head, tail) = link.split_at(link.len() - 10);
        for pasted in [
            link.clone(),
            format!("#{link}"),
            url.clone(),
            format!("<{url}>"),
            format!("\"{url}\","),
            format!("({url})."),
            format!("[Sign in]({url})"),
            format!("**{url}**"),
            format!("__{url}__"),
            format!("_{url}_"),
            format!("Sign in: {url}. It works once.\n"),
            format!("> {url}\r\n> \r\n> 04719382"),
            format!("\u{feff}\u{200b}{url}\u{200e}\n\n"),
            format!("{start}\u{200b}{end}"),
            format!("{start}\u{ad}{end}"),
            format!("{start}=\r\n{end}"),
            format!("{start}=\n{end}"),
            format!("{start}\r\n{end}"),
            format!("{head}\n    {tail}"),
            format!("This is the link:\n\n{head}\n{tail}\n\nIt works once, for 10 min."),
            link.replace('.', "%2E"),
            link.replace('.', "%2e").replace('-', "%2D").replace('_', "%5F"),
            format!(
                "https://eu1.safelinks.protection.outlook.com/?url={encoded}&data=05%7C02%7C.x"
            ),
            format!("https://l.example.net/l?u={encoded}&h=AT0"),
            format!("https://www.google.com/url?q={encoded}&sa=D&source=gmail&usg=AOvVaw0"),
            format!(
                "https://linkprotect.cudasvc.com/url?a={}&c=E,1,AbC-d_e,&typo=1",
                encoded.replace("%2F", "%2f").replace("%3A", "%3a")
            ),
            format!("https://secure-web.cisco.com/1AbC-dEf_gH.i/{encoded}"),
            format!("https://protect2.fireeye.com/v1/url?k=0a-1b&q=1&e=c-2d&u={encoded}"),
            format!("https://eu.tmes.example/wis/clicktime/v1/query?url={encoded}&umid=A-1&auth=b"),
            format!("https://clicktime.symantec.com/3AbC/7V2?u={encoded}"),
            format!("https://urldefense.com/v3/__https://app.example.com/sign-in*{link}__;Iw!!x$"),
            format!("{url}\n{url}"),
        ] {
            assert_eq!(read(&pasted), Ok(link.clone()), "{pasted}");
        }
    }

    #[test]
    fn text_without_a_whole_link_has_none() {
        let link = link();
        for text in [
            "",
            ".",
            "x.y",
            "eyJ9.",
            "12345678",
            "1234.5678",
            "app.example.com",
            PAYLOAD,
            MAC,
            &link.replace('.', " "),
            &format!("x{link}"),
            &format!("{link}x"),
            &format!("{link}_x"),
            &format!("#{link}xyz\u{200b}"),
            &format!("https://app.example.com/a#{link}x\n\n"),
            &format!("  {link}x"),
            &format!("{link}.x"),
            &link[..link.len() - 1],
            &link.replace("eyJ", "eyK"),
            &link.replace('.', ".."),
            &link.replace('.', "%252E"),
            &format!("{link}{}", " ".repeat(4096)),
            // Mimecast and Sophos write an address in another form, of which none of it is left.
            "https://protect-eu.mimecast.com/s/AbC1CdEfGhIjKlM?domain=app.example.com",
            "https://eu.protection.sophos.com?d=example.com&u=aHR0cHM6Ly9hcHAuZXhhbXBsZS5jb20v&i=M",
            // Proofpoint's version 2 writes other characters in the place of those of the link.
            &format!(
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__a.example_-23{}&d=x",
                link.replace('-', "-2D").replace('.', "_")
            ),
        ] {
            assert_eq!(read(text), Err(0), "{text}");
        }
    }

    #[test]
    fn answer_with_two_links_offers_neither() {
        let other = link().replace("Im5v", "ImV2");
        assert_eq!(read(&format!("{} {other}", link())), Err(2));
        assert_eq!(read(&format!("#{}\n#{other}\n#{}", link(), link())), Err(2));
    }

    proptest! {
        #[test]
        fn link_is_read_from_itself_alike(text in "(?s).{0,40}", tail in "(?s).{0,40}") {
            if let Ok(fragment) = read(&format!("{text}{}{tail}", link())) {
                prop_assert_eq!(read(&fragment), Ok(fragment.clone()));
                prop_assert!(fragment.len() <= text.len() + link().len() + tail.len());
            }
        }

        #[test]
        fn any_text_holds_no_link(text in "\\PC{0,300}") {
            prop_assert_eq!(read(&text), Err(0));
        }
    }

    #[test]
    fn mac_of_a_link_has_the_length_that_is_looked_for() {
        use base64::Engine as _;
        let mac = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([0; 32]);
        assert_eq!(mac.len(), super::MAC_LENGTH);
    }
}
