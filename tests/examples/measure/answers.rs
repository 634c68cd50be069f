//! Answers: the first one at a share of a processor, and the later ones.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use axum::body::Bytes;

use crate::process;
use crate::program::Program;
use crate::quota::Quota;
use crate::services::Services;
use crate::spread::Spread;

/// Memory of the functions for which first answers are measured, in MB.
pub(crate) const MEMORY: [u32; 2] = [256, 128];
/// Number of invocations before the warm ones.
const WARM_UP: usize = 200;

/// First answers of one program.
pub(crate) struct FirstAnswers {
    /// Calls of AWS in one of them.
    pub(crate) calls: usize,
    pub(crate) full_speed: Spread,
    /// By the memory of the function, as in [`MEMORY`].
    pub(crate) limited: Vec<Spread>,
}

/// Later answers of one program.
pub(crate) struct WarmAnswers {
    /// Calls of AWS in one of them.
    pub(crate) calls: usize,
    /// Processor time of one of them.
    pub(crate) processor: Duration,
    pub(crate) times: Spread,
    /// Resident memory at the end, in bytes.
    pub(crate) resident: u64,
}

/// The services and the events for the functions.
pub(crate) struct Surroundings<'a> {
    pub(crate) services: &'a Services,
    /// File with the root certificate of the services.
    pub(crate) roots: &'a Path,
    /// An event of each function.
    pub(crate) events: BTreeMap<String, Bytes>,
}

impl Surroundings<'_> {
    fn event(&self, program: &Program) -> Result<&Bytes, Box<dyn Error>> {
        let event = self.events.get(&program.function);
        event.ok_or_else(|| format!("there is no event of {}", program.function).into())
    }

    /// Starts a program at full speed and returns the time of its first answer at a share.
    async fn first(
        &self,
        program: &Program,
        share: Option<&Quota>,
    ) -> Result<(Duration, usize), Box<dyn Error>> {
        let mut instance = program.start(&self.services.url(), Some(self.roots)).await?;
        if let Some(share) = share {
            share.limit(instance.process())?;
        }
        let before = self.services.calls()?;
        let time = instance.invoke(self.event(program)?).await;
        // A call without an answer says more than the answer that follows from it.
        let (calls, time) = (self.services.calls()? - before, time?);
        if program.calls_aws && calls == 0 {
            return Err(format!("{} answers without a call", program.name).into());
        }
        Ok((time, calls))
    }

    /// Measures so many first answers of each program: at full speed and at each share, in turns.
    pub(crate) async fn first_answers(
        &self,
        programs: &[Program],
        times: usize,
    ) -> Result<Vec<FirstAnswers>, Box<dyn Error>> {
        let quotas: Vec<Quota> = MEMORY.into_iter().map(Quota::new).collect::<Result<_, _>>()?;
        let shares = || std::iter::once(None).chain(quotas.iter().map(Some));
        let mut all = Vec::new();
        for program in programs {
            let mut calls = 0;
            let mut seen: Vec<Vec<Duration>> = shares().map(|_| Vec::new()).collect();
            for _ in 0..times {
                for (share, seen) in shares().zip(&mut seen) {
                    let (time, made) = self.first(program, share).await?;
                    seen.push(time);
                    calls = made;
                }
            }
            let mut spreads = seen.into_iter().map(Spread::new);
            let full_speed = spreads.next().ok_or("nothing was measured")?;
            all.push(FirstAnswers { calls, full_speed, limited: spreads.collect() });
        }
        Ok(all)
    }

    /// Measures so many later answers of a program.
    pub(crate) async fn warm_answers(
        &self,
        program: &Program,
        times: usize,
    ) -> Result<WarmAnswers, Box<dyn Error>> {
        let mut instance = program.start(&self.services.url(), Some(self.roots)).await?;
        let event = self.event(program)?;
        for _ in 0..WARM_UP {
            instance.invoke(event).await?;
        }
        let (calls, spent) = (self.services.calls()?, process::processor_time(instance.process())?);
        let mut answers = Vec::new();
        for _ in 0..times {
            answers.push(instance.invoke(event).await?);
        }
        let spent = process::processor_time(instance.process())? - spent;
        Ok(WarmAnswers {
            calls: (self.services.calls()? - calls) / times,
            processor: spent / u32::try_from(times)?,
            times: Spread::new(answers),
            resident: process::resident(instance.process())?,
        })
    }
}
