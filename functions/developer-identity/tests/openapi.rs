//! The document in `docs/` is the served one.

#[test]
fn document_in_docs_is_the_served_one() {
    let committed = include_str!("../../../docs/openapi.json");
    let served = developer_identity::openapi().to_pretty_json().unwrap();
    let run = "cargo run -q -p developer-identity --example openapi > docs/openapi.json";
    assert_eq!(committed.trim_end(), served, "run `{run}`");
}
