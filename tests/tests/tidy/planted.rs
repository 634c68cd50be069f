//! Patches that plant mistakes fit the files that they change, so that a change there does not wait
//! for the longer checks to be told.

use std::process::Command;

use crate::files::{files, root};

#[test]
fn planted_mistakes_fit_what_they_change() {
    let mut patches = 0;
    for path in files().iter().filter(|path| path.ends_with(".patch")) {
        // As `cargo xtask` applies them: those of the template need one line around a change.
        let context: &[&str] =
            if path.starts_with("tests/planted-template/") { &["-C1"] } else { &[] };
        let output = Command::new("git")
            .args(["apply", "--check"])
            .args(context)
            .arg(path)
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
        patches += 1;
    }
    assert!(patches > 100, "only {patches} patches are found");
}
