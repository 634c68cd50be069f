//! Prints `docs/settings.md`.

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn main() {
    print!("{}", lifeguard_policy::markdown());
}
