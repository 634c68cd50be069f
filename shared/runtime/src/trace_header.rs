//! The trace header of X-Ray, such as `Root=1-5759e988-…;Parent=…;Sampled=1`.
//! <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>

/// Length of a trace id, such as `1-5759e988-bd862e3fe1be46a994272793`.
const ID_LENGTH: usize = 35;

/// Returns the trace id out of a trace header; nothing that is not of its form.
pub(crate) fn root(header: &str) -> Option<&str> {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    part(header, "Root").filter(|root| root.len() == ID_LENGTH && root.bytes().all(is_part))
}

/// Returns the value of a part of a trace header.
pub(crate) fn part<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = header.split(';').map(str::trim);
    parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::root;

    const TRACE: &str =
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    #[test]
    fn trace_id_is_read_from_its_form_alone() {
        assert_eq!(root(TRACE), Some("1-5759e988-bd862e3fe1be46a994272793"));
        for other in
            ["", "Root=", "Root=noor@example.net", "Parent=1", &TRACE.replace("bd86", "bd8é")]
        {
            assert_eq!(root(other), None, "{other}");
        }
    }
}
