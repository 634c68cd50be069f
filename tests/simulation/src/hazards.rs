//! Hazards that a seed has beside its attacker.

use lifeguard_testkit::Seeded;

/// Seconds for which the mail service throttles a mail; 250 is the longest that the guarantee bears.
const SPANS: [u64; 7] = [0, 0, 3, 10, 60, 200, 250];

/// The throttling of the mail service, as an attacker provokes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttling {
    /// The service takes every mail.
    Never,
    /// It refuses each mail for so many seconds from its issue.
    Span(u64),
    /// It refuses each mail for another span.
    AnySpan,
}

/// The hazards of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hazards {
    /// One call of the table in so many fails; 0 for none.
    pub failures: u64,
    /// Clocks of instances are up to five seconds off, anew at each invocation.
    pub skew: bool,
    /// The throttling of the mail service.
    pub throttling: Throttling,
}

impl Hazards {
    /// Draws hazards; two of three seeds have a mail service that always works.
    #[must_use]
    pub fn draw(random: &mut Seeded) -> Self {
        Self {
            failures: [0, 0, 0, 40][random.below(4) as usize],
            skew: random.once_in(3),
            throttling: match random.below(16) {
                0 => Throttling::Span(10),
                1 => Throttling::Span(60),
                2 => Throttling::Span(200),
                3 => Throttling::Span(250),
                4 => Throttling::AnySpan,
                _ => Throttling::Never,
            },
        }
    }

    /// Returns the seconds for which the next mail is throttled.
    pub fn span(&self, random: &mut Seeded) -> u64 {
        match self.throttling {
            Throttling::Never => 0,
            Throttling::Span(seconds) => seconds,
            Throttling::AnySpan => SPANS[random.below(SPANS.len() as u64) as usize],
        }
    }
}
