//! One thing has one name, and sentences have a subject that exists.
//!
//! The column *not* of the table in `docs/glossary.md` is the list of names and words that are not
//! used; the page says how an entry is read.
//! `cargo run -p end-to-end --example tidy -- words` prints each place of any checkout.

use crate::files::{root, tree};
use crate::wording::terms::Terms;
use crate::wording::{Breaks, GLOSSARY, Rule, breaks, free_name};

#[test]
fn words_of_code_and_pages_follow_the_glossary() {
    let found = breaks(&tree(&root()));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn words_of_the_glossary_are_read_as_names_and_phrases() {
    let page = "text\n\n| say | not | for |\n|---|---|---|\n| a | `Gizmo`, gremlin, `odd_name`, (open) | b |\n\
                | c | \"shut account\", far-host | d |\n\ngremlin";
    let terms = Terms::parse(page);
    assert_eq!(terms.types, ["Gizmo"]);
    for (line, count) in [
        ("a gremlin and two Gremlins", 2),
        ("gremlin_is_refused", 1),
        ("gremlining", 0),
        ("odd_name", 1),
        ("odd name, unodd_name", 0),
        ("open", 0),
        ("Shut accounts are shut", 1),
        ("infra/far-host/src", 1),
        ("farhost", 0),
    ] {
        let words = line.replace('_', " ");
        assert_eq!(terms.places(line, &words).len(), count, "{line}");
    }
}

/// The breaks in a package with one file, each as its rule and count.
fn in_source(source: &str) -> Vec<(Rule, usize)> {
    let glossary = "| say | not | for |\n|---|---|---|\n| a | `Gizmo`, gremlin | b |\n";
    let files = [("p/src/lib.rs", source), (GLOSSARY, glossary)];
    let found: Breaks =
        breaks(&files.map(|(path, text)| (path.to_owned(), text.to_owned())).into());
    found.into_iter().map(|((rule, _), places)| (rule, places.len())).collect()
}

#[test]
fn words_that_break_each_rule_are_found() {
    let pronoun = concat!("// for who", "ever reads\nfn some", "body_signs_in() {}");
    let long = format!("#[test]\nfn {}() {{}}", "a".repeat(61));
    let numbered = format!("#[tokio::test]\nasync fn t38_{}() {{}}", "a".repeat(61));
    for (source, expected) in [
        ("/// Whether it is.\nfn f() {}", vec![(Rule::Doc, 1)]),
        ("//! How it works.\n\nstruct S { /** What it is. */ x: u8 }", vec![(Rule::Doc, 2)]),
        ("enum E {\n    /// When it was.\n    A,\n}", vec![(Rule::Doc, 1)]),
        ("trait T {\n    /// Where it is.\n    fn f();\n}", vec![(Rule::Doc, 1)]),
        (pronoun, vec![(Rule::Pronoun, 2)]),
        ("const TEXT: &str = \"a gremlin\";", vec![(Rule::Term, 1)]),
        ("fn gremlin_is_refused() {}", vec![(Rule::Term, 1)]),
        (&long, vec![(Rule::Test, 1)]),
        (&numbered, vec![(Rule::Test, 1)]),
        ("mod a { struct A; } mod b { enum A {} }", vec![(Rule::Twice, 2)]),
        ("struct Gizmo;", vec![(Rule::Type, 1)]),
        ("enum E { Gizmo }", vec![(Rule::Type, 1)]),
    ] {
        assert_eq!(in_source(source), expected, "{source}");
    }
}

#[test]
fn words_that_break_no_rule_are_left_alone() {
    let numbered = format!("#[test]\nfn weak_s01_{}() {{}}", "a".repeat(60));
    for source in [
        "/// Returns what it is.\n///\n/// What follows is no start.\nfn f() {}",
        "// Whether a plain comment is a question is its own affair.\nfn f() {}",
        "/// Whatever it is.\nfn f() {}",
        "fn f() { let gizmo = 1; } struct Gizmos;",
        "struct A; impl Iterator for A { type Item = A; } impl X for A { type Item = A; }",
        &numbered,
    ] {
        assert_eq!(in_source(source), [], "{source}");
    }
    for (name, free) in [
        ("t38_x", "x"),
        ("case_091_x", "x"),
        ("weak_c15_x", "x"),
        ("accept_a01_x", "x"),
        ("t3_x", "t3_x"),
        ("x_t38_x", "x_t38_x"),
    ] {
        assert_eq!(free_name(name), free);
    }
}
