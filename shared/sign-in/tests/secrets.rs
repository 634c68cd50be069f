//! Operations that the type of secrets does not offer.

use std::marker::PhantomData;

use lifeguard_sign_in::secret::Secret;

/// Detects equality of a type: the inherent constant exists only with equality, and wins.
struct Probe<T>(PhantomData<T>);

trait WithoutEquality {
    const HAS_EQUALITY: bool = false;
}

impl<T> WithoutEquality for Probe<T> {}

impl<T: PartialEq> Probe<T> {
    const HAS_EQUALITY: bool = true;
}

#[test]
fn t08_secrets_are_compared_in_constant_time_or_not_at_all() {
    const { assert!(Probe::<String>::HAS_EQUALITY, "the probe works") };
    const { assert!(!Probe::<Secret>::HAS_EQUALITY) };
    let secret = Secret::new("12345678".to_owned());
    assert!(secret.matches(&secret.clone()));
    for other in ["12345679", "02345678", "1234567", "123456780", ""] {
        assert!(!secret.matches(&Secret::new(other.to_owned())));
    }
    assert_eq!(format!("{secret:?}"), "[redacted]");
}
