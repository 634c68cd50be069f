//! Triggers: the functions of a pool, their events, the judgement of their answers.

mod answer;
mod event;
mod hook;
mod runner;

pub(crate) use self::answer::unrecognizable;
pub(crate) use self::event::{EventContext, EventRequest};
pub(crate) use self::hook::{Hook, Trigger, Version};
pub(crate) use self::runner::TriggerRunner;
