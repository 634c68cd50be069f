//! A text of a policy that a value is held against.

use super::complaint::Complaint;
use super::context::{self, Context};

/// Literal characters, wildcards and variables, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Character(char),
    AnyCharacter,
    AnyText,
    Variable(String),
}

/// Meaning of `*` and `?` in a policy's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wildcards {
    Honoured,
    Literal,
}

/// One step of a pattern with its variables filled in.
#[derive(Clone, Copy)]
enum Step {
    Exactly(char),
    AnyCharacter,
    AnyText,
}

impl Pattern {
    pub(super) fn parse(text: &str, wildcards: Wildcards) -> Result<Self, Complaint> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if let Some(variable) = rest.strip_prefix("${") {
                let (name, behind) = variable
                    .split_once('}')
                    .filter(|(name, _)| context::is_variable(name))
                    .ok_or_else(|| Complaint::UnknownVariable(text.to_owned()))?;
                pieces.push(Piece::Variable(name.to_owned()));
                rest = behind;
                continue;
            }
            pieces.push(match (next, wildcards) {
                ('*', Wildcards::Honoured) => Piece::AnyText,
                ('?', Wildcards::Honoured) => Piece::AnyCharacter,
                (character, Wildcards::Honoured | Wildcards::Literal) => {
                    Piece::Character(character)
                }
            });
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        Ok(Self(pieces))
    }

    /// Returns true if the whole value fits.
    pub(super) fn fits(&self, value: &str, context: &Context) -> bool {
        self.steps(context).is_some_and(|steps| walk(&steps, value))
    }

    /// The pattern with its variables filled in; nothing if one of them has not exactly one value.
    fn steps(&self, context: &Context) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Character(character) => steps.push(Step::Exactly(*character)),
                Piece::AnyCharacter => steps.push(Step::AnyCharacter),
                Piece::AnyText => steps.push(Step::AnyText),
                Piece::Variable(name) => match context.values(name) {
                    [value] => steps.extend(value.chars().map(Step::Exactly)),
                    _ => return None,
                },
            }
        }
        Some(steps)
    }
}

/// Walks a value along the steps, keeping every place where one could stand.
fn walk(steps: &[Step], value: &str) -> bool {
    let mut places = vec![false; steps.len() + 1];
    stand(&mut places, steps, 0);
    for character in value.chars() {
        let mut next = vec![false; steps.len() + 1];
        for (place, step) in steps.iter().enumerate() {
            if !places.get(place).is_some_and(|stood| *stood) {
                continue;
            }
            match step {
                Step::Exactly(expected) if *expected == character => {
                    stand(&mut next, steps, place + 1);
                }
                Step::Exactly(_) => {}
                Step::AnyCharacter => stand(&mut next, steps, place + 1),
                Step::AnyText => stand(&mut next, steps, place),
            }
        }
        places = next;
    }
    places.last().is_some_and(|stood| *stood)
}

/// Marks a place, and the ones behind it that need no further character.
fn stand(places: &mut [bool], steps: &[Step], place: usize) {
    for (offset, stood) in places.iter_mut().skip(place).enumerate() {
        *stood = true;
        if !matches!(steps.get(place + offset), Some(Step::AnyText)) {
            return;
        }
    }
}
