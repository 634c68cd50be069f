//! Addresses to which a function may send requests.

/// True if a request may be sent to this URL: by TLS, or to this machine, where a stand-in runs.
pub(crate) fn is_fetchable(url: &str) -> bool {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['#', '\\']);
    let host = |rest: &str| rest.split(['/', '?']).next().unwrap_or_default().to_owned();
    let is_here = |host: &str| match host.strip_prefix("[::1]") {
        Some(port) => port.is_empty() || port.starts_with(':'),
        None => matches!(host.split(':').next(), Some("localhost" | "127.0.0.1")),
    };
    let is_host = |host: &str| !host.is_empty() && !host.starts_with(':') && !host.contains('@');
    plain
        && match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => is_host(&host(rest)),
            (None, Some(rest)) => is_here(&host(rest)) && is_host(&host(rest)),
            (None, None) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::is_fetchable;

    #[test]
    fn url_is_fetchable_by_tls_or_on_this_machine() {
        for url in [
            "https://id.example.com/keys?x=1",
            "https://id.example.com:8443",
            "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.example",
            "http://localhost:4480/issuer",
            "http://127.0.0.1:1/",
            "http://[::1]:4480/x",
            "http://[::1]",
        ] {
            assert!(is_fetchable(url), "{url}");
        }
        for url in [
            "",
            "https://",
            "https://:443/",
            "ftp://localhost/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://[::1].example.com/",
            "http://localhost@evil.example/",
            "http://localhost:80@evil.example/",
            "https://a@evil.example/",
            "https://evil.example\\@id.example.com/",
            "https://id.example.com/ x",
            "http://169.254.169.254/",
        ] {
            assert!(!is_fetchable(url), "{url}");
        }
    }
}
