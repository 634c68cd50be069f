//! Schedules of attackers: what they do before an owner starts, meanwhile, and just before an
//! answer.

use std::collections::VecDeque;

use lifeguard_testkit::Seeded;

/// One move of an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Starts a sign-in.
    Start,
    /// Starts a sign-in if that sends a mail, so that the owner's is no longer the newest.
    Swap,
    /// Gives so many wrong answers.
    Wrong(u64),
    /// Gives wrong answers until short codes are refused.
    Burn,
    /// Starts and guesses at any client.
    Elsewhere,
}

/// The way in which an attacker spends its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attacker {
    /// Takes every mail as soon as it may go.
    Flood,
    /// Any move at any moment.
    Random,
    /// Takes the newest mail away and burns the short codes just before the owner answers.
    Greedy,
    /// Has one guess left until just before the owner answers.
    Dancer,
    /// Guesses in many sessions, old ones too.
    ManySessions,
    /// A fixed schedule, by its place in the list of them.
    Scheduled(usize),
}

/// A fixed schedule.
struct Schedule {
    /// Seconds before the next move, and the move, before the owner starts.
    before: &'static [(u64, Move)],
    /// Seconds from the owner's start, and the move.
    meanwhile: &'static [(u64, Move)],
}

/// The schedules that broke earlier layouts.
const SCHEDULES: [Schedule; 8] = [
    // Fifteen requests in three hours.
    Schedule { before: &[(720, Move::Start); 15], meanwhile: &[] },
    // Twelve requests while the owner reads.
    Schedule {
        before: &[],
        meanwhile: &[
            (3, Move::Start),
            (6, Move::Start),
            (9, Move::Start),
            (12, Move::Start),
            (15, Move::Start),
            (18, Move::Start),
            (21, Move::Start),
            (24, Move::Start),
            (27, Move::Start),
            (30, Move::Start),
            (33, Move::Start),
            (36, Move::Start),
        ],
    },
    // Twenty wrong codes at once, before the owner starts.
    Schedule { before: &[(1, Move::Burn)], meanwhile: &[(30, Move::Swap)] },
    // Ten wrong answers after a second, while the owner joins again and again.
    Schedule { before: &[], meanwhile: &[(1, Move::Wrong(10)), (30, Move::Swap)] },
    // Five wrong before a mail and five after it.
    Schedule {
        before: &[(2, Move::Wrong(5)), (10, Move::Swap)],
        meanwhile: &[
            (1, Move::Wrong(1)),
            (2, Move::Wrong(1)),
            (3, Move::Wrong(1)),
            (4, Move::Wrong(1)),
            (5, Move::Wrong(1)),
        ],
    },
    // Two quick swaps.
    Schedule { before: &[], meanwhile: &[(30, Move::Swap), (31, Move::Swap), (60, Move::Swap)] },
    // A swap and a lock.
    Schedule { before: &[], meanwhile: &[(31, Move::Swap), (41, Move::Burn)] },
    // Nine wrong ones 15 s apart, then one each.
    Schedule {
        before: &[(15, Move::Wrong(1)); 9],
        meanwhile: &[(1, Move::Wrong(1)), (22, Move::Wrong(1)), (37, Move::Wrong(1))],
    },
];

/// Every attacker.
pub const ATTACKERS: [Attacker; 14] = [
    Attacker::Flood,
    Attacker::Random,
    Attacker::Greedy,
    Attacker::Greedy,
    Attacker::Dancer,
    Attacker::ManySessions,
    Attacker::Scheduled(0),
    Attacker::Scheduled(1),
    Attacker::Scheduled(2),
    Attacker::Scheduled(3),
    Attacker::Scheduled(4),
    Attacker::Scheduled(5),
    Attacker::Scheduled(6),
    Attacker::Scheduled(7),
];

/// The moves of an attacker during one sign-in of the owner.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    moves: VecDeque<(u64, Move)>,
    /// Moves in the second before an answer.
    pub last: &'static [Move],
}

impl Plan {
    /// Takes the next move at `to` or before.
    pub fn take(&mut self, to: u64) -> Option<(u64, Move)> {
        self.moves.pop_front_if(|(at, _)| *at <= to)
    }
}

impl Attacker {
    /// The moves before the owner starts, each with the seconds before it.
    #[must_use]
    pub fn before(self, random: &mut Seeded) -> &'static [(u64, Move)] {
        match self {
            // The long ones cost as much as a sign-in: now and then is enough.
            Self::Scheduled(place @ (0 | 7)) if !random.once_in(6) => {
                SCHEDULES[place].before.get(..1).unwrap_or_default()
            }
            Self::Scheduled(place) => SCHEDULES[place].before,
            Self::Flood | Self::Random | Self::Greedy | Self::Dancer | Self::ManySessions => &[],
        }
    }

    /// The moves from the owner's start on.
    #[must_use]
    pub fn plan(self, start: u64, random: &mut Seeded) -> Plan {
        let mut moves = Vec::new();
        let mut at_random = |count: u64, span: u64, next: &[Move], random: &mut Seeded| {
            for _ in 0..count {
                let place = random.below(next.len() as u64) as usize;
                moves.push((start + random.below(span), next[place]));
            }
        };
        let last: &[Move] = match self {
            Self::Flood => {
                at_random(8, 100, &[Move::Swap], random);
                &[Move::Swap]
            }
            Self::Random => {
                let any =
                    [Move::Start, Move::Swap, Move::Wrong(1), Move::Wrong(3), Move::Elsewhere];
                let count = random.below(4);
                at_random(count, 100, &any, random);
                &[]
            }
            Self::Greedy => {
                at_random(5, 90, &[Move::Swap], random);
                match random.below(3) {
                    0 => &[Move::Swap, Move::Burn],
                    1 => &[Move::Burn],
                    _ => &[Move::Swap],
                }
            }
            Self::Dancer => &[Move::Wrong(1)],
            Self::ManySessions => {
                let count = random.below(3);
                at_random(count, 60, &[Move::Start, Move::Wrong(1), Move::Elsewhere], random);
                &[]
            }
            Self::Scheduled(place) => {
                let meanwhile = SCHEDULES[place].meanwhile.iter();
                moves.extend(meanwhile.map(|(after, next)| (start + after, *next)));
                &[]
            }
        };
        moves.sort_by_key(|(at, _)| *at);
        Plan { moves: moves.into(), last }
    }
}
