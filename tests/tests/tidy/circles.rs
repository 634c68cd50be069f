//! No module of the workspace uses a module that uses it back, directly or through others.
//!
//! ```sh
//! cargo test --workspace --test tidy circles      # this checkout
//! cargo run -p end-to-end --example tidy -- circles PATH        # any other checkout: prints each circle
//! ```
//!
//! A module uses another one where its code names an item that is defined there: by a full path,
//! a `use`, a re-export on the way, a type in a signature, a macro or the tokens of a macro call.
//! Comments, doc links, other strings and the `in` of a visibility are no uses, with one exception:
//! the paths in strings of `#[serde(with = "…")]` and its like.
//! A module may declare its children and re-export what they define; that alone is no use.
//! Two folders may not use each other either, whichever of their files do: a name that ends in `::*`
//! stands for a module with all that is below it, unit tests apart.
//! A method call is not traced to the block that implements it, because its type is not known here.

use std::collections::BTreeMap;

use crate::files::{root, tree};
use crate::modules::Workspace;
use crate::modules::graph::{Circle, circles};

#[test]
fn modules_of_the_workspace_have_no_circle() {
    let workspace = Workspace::load(&tree(&root()));
    assert!(workspace.modules.len() > 300, "only {} modules were found", workspace.modules.len());
    let lost = workspace.unresolved();
    assert!(lost.is_empty(), "paths that this test cannot follow: {lost:#?}");
    let found = circles(&workspace);
    assert!(
        found.is_empty(),
        "move what both sides need into a module of its own.\n{}",
        found.iter().map(Circle::to_string).collect::<String>(),
    );
}

/// The circles of a package `p` with these files, each as its sorted modules.
fn planted(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let mut sources: BTreeMap<String, String> =
        files.iter().map(|(path, text)| (format!("p/{path}"), (*text).to_owned())).collect();
    sources.insert("p/Cargo.toml".to_owned(), "[package]\nname = \"p\"\n".to_owned());
    let workspace = Workspace::load(&sources);
    assert_eq!(workspace.unresolved(), Vec::<String>::new());
    circles(&workspace).into_iter().map(|circle| circle.modules.into_iter().collect()).collect()
}

/// Asserts that these modules are the first circle; their branches may be a second one.
#[track_caller]
fn assert_circle(files: &[(&str, &str)], modules: &[&str]) {
    let found = planted(files).into_iter().next().unwrap_or_default();
    assert_eq!(found, modules, "{files:#?}");
}

/// Asserts that the files have no circle.
#[track_caller]
fn assert_no_circle(files: &[(&str, &str)]) {
    assert_eq!(planted(files), Vec::<Vec<String>>::new(), "{files:#?}");
}

/// A root with two modules.
const ROOT: (&str, &str) = ("src/lib.rs", "mod a; mod b;");

#[test]
fn circles_by_crate_paths_are_found() {
    for uses in [
        "use crate::b::B; pub struct A(B);",
        "pub struct A(crate::b::B);",
        "pub struct A; pub fn f(_: &[crate::b::B]) {}",
        "pub struct A; pub fn f() -> Option<crate::b::B> { None }",
        "pub struct A; pub fn f() { crate::b::g() }",
        "pub struct A; pub fn f() { let _ = <crate::b::B as Default>::default(); }",
        "pub struct A; pub fn f() { use crate::b::g; g() }",
        "pub struct A; pub fn f() { match 1 { crate::b::C => {} _ => {} } }",
        "pub struct A; impl From<crate::b::B> for A { }",
        "pub struct A<T: crate::b::T>(T);",
        "use crate::{b::{self}}; pub struct A; pub fn f() { b::g() }",
        "use crate::b as other; pub struct A(other::B);",
        "use crate::b::*; pub struct A(B);",
        "pub struct A; #[cfg(test)] fn helper() { crate::b::g() }",
    ] {
        let b =
            "use crate::a::A; pub struct B(A); pub fn g() {} pub const C: u8 = 1; pub trait T {}";
        assert_circle(&[ROOT, ("src/a.rs", uses), ("src/b.rs", b)], &["p::a", "p::b"]);
    }
}

#[test]
fn circles_by_super_and_self_paths_are_found() {
    let b = ("src/b.rs", "pub struct B(super::a::A);");
    assert_circle(&[ROOT, ("src/a.rs", "pub struct A(super::b::B);"), b], &["p::a", "p::b"]);
    let nested = "pub struct A; mod inner { fn f(_: super::A) {} } fn g() { self::inner::h() }";
    let inner = nested.replace("fn f", "pub fn h() {} fn f");
    assert_circle(&[("src/lib.rs", "mod a;"), ("src/a.rs", &inner)], &["p::a", "p::a::inner"]);
    let deep = [
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "mod deep; pub struct A;"),
        ("src/a/deep.rs", "fn f(_: super::super::b::B) {} pub struct D;"),
        ("src/b.rs", "pub struct B(crate::a::deep::D);"),
    ];
    assert_circle(&deep, &["p::a::deep", "p::b"]);
}

#[test]
fn circles_by_re_exports_are_found() {
    for (root, uses) in [
        ("mod a; mod b; pub use b::B;", "pub struct A(crate::B);"),
        ("mod a; mod b; pub use b::B as Other;", "pub struct A(crate::Other);"),
        ("mod a; mod b; pub(crate) use b::*;", "use super::B; pub struct A(B);"),
        ("mod a; mod b; use b::B;", "use super::*; pub struct A(B);"),
        ("mod a; mod b; mod c { pub use crate::b::B; }", "pub struct A(crate::c::B);"),
    ] {
        let files =
            [("src/lib.rs", root), ("src/a.rs", uses), ("src/b.rs", "pub struct B(crate::a::A);")];
        assert_circle(&files, &["p::a", "p::b"]);
    }
    let sideways = "pub use crate::b::B; pub struct A;";
    let b = ("src/b.rs", "pub struct B(crate::a::A);");
    assert_circle(&[ROOT, ("src/a.rs", sideways), b], &["p::a", "p::b"]);
}

#[test]
fn circles_by_macros_are_found() {
    let b = ("src/b.rs", "pub fn g(_: crate::a::A) {} pub struct B;");
    for uses in [
        "pub struct A; fn f() { println!(\"{:?}\", crate::b::B) }",
        "pub struct A; fn f() { vec![Some(crate::b::B); 2]; }",
        "use crate::b; pub struct A; fn f() { assert!(matches!(b::B, b::B)) }",
        "pub struct A; macro_rules! m { () => { $crate::b::B } }",
        "pub struct A; #[utoipa::path(body = crate::b::B)] fn f() {}",
        "pub struct A { #[serde(with = \"crate::b::B\")] x: u8 }",
    ] {
        assert_circle(&[ROOT, ("src/a.rs", uses), b], &["p::a", "p::b"]);
    }
    for (a, call) in [
        ("macro_rules! m { () => { $crate::b::B } } pub(crate) use m;", "crate::a::m!()"),
        ("#[macro_export] macro_rules! m { () => { $crate::b::B } }", "crate::m!()"),
        ("macro_rules! m { () => { $crate::b::B } }", "m!()"),
        ("macro_rules! m { () => { $crate::b::B } }", "vec![m!()]"),
    ] {
        let b = format!("pub struct B; fn f() {{ {call}; }}");
        let root = ("src/lib.rs", "#[macro_use] mod a; mod b;");
        assert_circle(&[root, ("src/a.rs", a), ("src/b.rs", &b)], &["p::a", "p::b"]);
    }
}

#[test]
fn circles_of_parent_and_child_are_found() {
    let root = ("src/lib.rs", "mod a;");
    let child = ("src/a/child.rs", "use super::A; pub struct C; pub fn f(_: A) {}");
    for parent in [
        "mod child; pub struct A; fn g(_: child::C) {}",
        "mod child; use child::C; pub struct A;",
        "mod child; pub use child::C; pub struct A(C);",
        "pub mod child; pub struct A; fn g() { crate::a::child::f(A) }",
    ] {
        assert_circle(&[root, ("src/a.rs", parent), child], &["p::a", "p::a::child"]);
    }
    let folder = [root, ("src/a/mod.rs", "mod child; pub struct A(child::C);"), child];
    assert_circle(&folder, &["p::a", "p::a::child"]);
    let named = "#[path = \"elsewhere.rs\"] mod child; pub struct A(child::C);";
    let files = [root, ("src/a.rs", named), ("src/elsewhere.rs", child.1)];
    assert_circle(&files, &["p::a", "p::a::child"]);
}

#[test]
fn circles_through_several_modules_are_found() {
    let files = [
        ("src/lib.rs", "mod a; mod b; mod c; mod d;"),
        ("src/a.rs", "pub struct A(crate::b::B);"),
        ("src/b.rs", "pub struct B(crate::c::C);"),
        ("src/c.rs", "pub struct C; fn f(_: Box<crate::a::A>) {}"),
        ("src/d.rs", "pub struct D(crate::a::A);"),
    ];
    assert_circle(&files, &["p::a", "p::b", "p::c"]);
    let tests = [
        ("tests/first.rs", "mod a; mod b;"),
        ("tests/a/mod.rs", "pub struct A(crate::b::B);"),
        ("tests/b/mod.rs", "pub struct B; fn f(_: crate::a::A) {}"),
        ("tests/second.rs", "mod a; mod b;"),
    ];
    assert_circle(&tests, &["p/tests/a", "p/tests/b"]);
}

#[test]
fn circles_of_whole_branches_are_found() {
    let files = [
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "mod user; pub mod key; mod c;"),
        ("src/a/user.rs", "fn f(_: crate::b::B) {}"),
        ("src/a/key.rs", "pub struct Key;"),
        ("src/a/c.rs", ""),
        ("src/b.rs", "pub struct B(crate::a::key::Key);"),
    ];
    assert_circle(&files, &["p::a::*", "p::b"]);
    let tested = [
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }"),
        ("src/b.rs", "pub struct B(crate::a::A);"),
    ];
    assert_no_circle(&tested);
}

#[test]
fn circles_are_no_declarations_strings_or_comments() {
    let uses_a = ("src/b.rs", "use crate::a::A; pub struct B(A); pub fn b() {}");
    for harmless in [
        "pub struct A; // crate::b::B",
        "/// [`B`](crate::b::B)\npub struct A;",
        "pub struct A; const TEXT: &str = \"crate::b::B\";",
        "pub struct A; pub(in crate::a) fn f() {}",
        "pub struct A; fn f(b: u8) -> u8 { b }",
        "pub struct A; fn f(x: X) { x.b; x.b(); x.g::<u8>() }",
        "pub struct A; fn f() { info!(b = 1, \"{b}\") }",
        "pub struct A; pub fn g() {} #[cfg(test)] mod tests { use super::*; use crate::b::B; }",
    ] {
        assert_no_circle(&[ROOT, ("src/a.rs", harmless), uses_a]);
    }
    assert_no_circle(&[
        ("src/lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("src/a.rs", "pub struct A;"),
        ("src/b.rs", "pub struct B(crate::A);"),
    ]);
    assert_no_circle(&[
        ("src/lib.rs", "pub mod a; pub struct Root;"),
        ("src/a.rs", "pub mod child; pub use child::{C, D as E}; pub use crate::Root;"),
        ("src/a/child.rs", "use super::super::Root; pub struct C(Root); pub struct D;"),
    ]);
}
