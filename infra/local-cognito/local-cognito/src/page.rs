//! Page at `/`: the flows of a user in a browser, with the outbox and the triggers beside them.
//! Its files are part of the program and are served as they are, without a build step.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::routing::get;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// File of the page: path, type, text.
type File = (&'static str, &'static str, &'static str);

const FILES: [File; 25] = [
    ("/", HTML, include_str!("page/index.html")),
    ("/page/account.js", SCRIPT, include_str!("page/account.js")),
    ("/page/administration.js", SCRIPT, include_str!("page/administration.js")),
    ("/page/base64url.js", SCRIPT, include_str!("page/base64url.js")),
    ("/page/cognito.js", SCRIPT, include_str!("page/cognito.js")),
    ("/page/controls.css", CSS, include_str!("page/controls.css")),
    ("/page/directory.js", SCRIPT, include_str!("page/directory.js")),
    ("/page/element.js", SCRIPT, include_str!("page/element.js")),
    ("/page/events.js", SCRIPT, include_str!("page/events.js")),
    ("/page/feed.js", SCRIPT, include_str!("page/feed.js")),
    ("/page/form.js", SCRIPT, include_str!("page/form.js")),
    ("/page/icon.svg", SVG, include_str!("page/icon.svg")),
    ("/page/identity.js", SCRIPT, include_str!("page/identity.js")),
    ("/page/links.js", SCRIPT, include_str!("page/links.js")),
    ("/page/lists.css", CSS, include_str!("page/lists.css")),
    ("/page/magic-link.js", SCRIPT, include_str!("page/magic-link.js")),
    ("/page/outbox.js", SCRIPT, include_str!("page/outbox.js")),
    ("/page/page.css", CSS, include_str!("page/page.css")),
    ("/page/page.js", SCRIPT, include_str!("page/page.js")),
    ("/page/provider.js", SCRIPT, include_str!("page/provider.js")),
    ("/page/s3.js", SCRIPT, include_str!("page/s3.js")),
    ("/page/session.js", SCRIPT, include_str!("page/session.js")),
    ("/page/sign-in.js", SCRIPT, include_str!("page/sign-in.js")),
    ("/page/sigv4.js", SCRIPT, include_str!("page/sigv4.js")),
    ("/page/tokens.js", SCRIPT, include_str!("page/tokens.js")),
];

/// Returns the content security policy. The page holds codes, tokens and whole events: it loads
/// nothing from elsewhere, calls only the local Cognito and its S3, runs no text as script and
/// opens in no frame.
fn policy(s3_url: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {s3_url}; \
         img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

const HEADERS: [(HeaderName, &str); 4] = [
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

/// Returns the routes of the page; `s3_url` is the address of S3.
pub(crate) fn router(s3_url: &str) -> Router {
    let policy = policy(s3_url);
    FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        let own = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_SECURITY_POLICY, policy.clone())];
        router.route(path, get(move || async move { (HEADERS, own, text) }))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FILES, HTML};
    use crate::default_pool::{PASSWORDLESS_CLIENT, WEB_CLIENT};

    /// Returns every text after `mark`, up to the next quotation mark.
    fn after<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
        text.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page");
        let found: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| match name.as_str() {
                "index.html" => "/".to_owned(),
                name => format!("/page/{name}"),
            })
            .collect();
        let served: BTreeSet<String> = FILES.iter().map(|(path, ..)| (*path).to_owned()).collect();
        assert_eq!(served, found);
    }

    #[test]
    fn every_named_file_is_served() {
        let mut named = BTreeSet::new();
        for (_, _, text) in FILES {
            named.extend(after(text, "href=\"/page/").into_iter().map(str::to_owned));
            named.extend(after(text, "src=\"/page/").into_iter().map(str::to_owned));
            named.extend(after(text, "from \"./").into_iter().map(str::to_owned));
        }
        assert!(named.len() >= FILES.len() - 1, "{named:?}");
        for name in named {
            let path = format!("/page/{name}");
            assert!(FILES.iter().any(|(served, ..)| *served == path), "{path} is not served");
        }
    }

    #[test]
    fn no_file_names_another_host() {
        for (path, _, text) in FILES {
            // A name space is a name, not an address.
            let text = text.replace("http://www.w3.org/2000/svg", "");
            for mark in ["http:", "https:", "\"//", "'//", "(//", "@import", "url("] {
                assert!(!text.contains(mark), "{path} contains {mark}");
            }
        }
    }

    #[test]
    fn no_script_is_inline_and_no_text_becomes_markup() {
        for (path, kind, text) in FILES {
            let text = text.to_lowercase();
            for mark in ["innerhtml", "outerhtml", "insertadjacenthtml", "document.write", "eval("]
            {
                assert!(!text.contains(mark), "{path} contains {mark}");
            }
            if kind == HTML {
                for mark in
                    [" style=", "<style", "<script>", "javascript:", " onclick=", " onload="]
                {
                    assert!(!text.contains(mark), "{path} contains {mark}");
                }
            }
        }
    }

    #[test]
    fn page_uses_the_clients_of_the_default_pool() {
        let scripts: String = FILES.iter().map(|(_, _, text)| *text).collect();
        for client in [WEB_CLIENT, PASSWORDLESS_CLIENT] {
            assert!(scripts.contains(&format!("\"{client}\"")), "{client}");
        }
    }

    #[test]
    fn every_file_is_shorter_than_300_lines() {
        for (path, _, text) in FILES {
            assert!(text.lines().count() < 300, "{path}");
        }
    }
}
