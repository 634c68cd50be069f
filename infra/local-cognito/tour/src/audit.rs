//! The end of the tour: what the functions left behind is looked through.

use anyhow::ensure;
use serde_json::Value;

use crate::client::{Client, Event, long_code, longest_run_of_digits};
use crate::log_text::without_time;
use crate::plan::{NOTHING, Plan};
use crate::steps::{Stopped, Tour};

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let logs = Plan {
        name: "the functions' logs are searched",
        expected: "no address, code, link, password, token or key of this tour",
        happens: NOTHING,
    };
    tour.step(logs, async |client: &Client| {
        let secrets = [secrets(client).await?, client.secrets()].concat();
        let lines = client.log_lines_after(0).await?;
        ensure!(!lines.is_empty() && !secrets.is_empty(), "there is nothing to search");
        let leak = lines.iter().find(|line| {
            let text = without_time(&line.text);
            secrets.iter().any(|one| text.contains(one))
        });
        ensure!(leak.is_none(), "a log line of {:?} holds one", leak.map(|line| &line.function));
        Ok(())
    })
    .await?;

    let events = Plan {
        name: "the functions' answers are compared with their events",
        expected: "every event came back as it was sent, `response` aside",
        happens: NOTHING,
    };
    tour.step(events, async |client: &Client| {
        let entries = client.events_after(0).await?;
        let changed = entries.iter().find_map(changed_by);
        ensure!(changed.is_none(), "one was changed by {changed:?}");
        Ok(())
    })
    .await
}

/// Every address that was written to, and the code and the link of every mail.
async fn secrets(client: &Client) -> anyhow::Result<Vec<String>> {
    let mails = client.outbox().await?;
    let short = mails.iter().filter_map(|mail| longest_run_of_digits(&mail.text));
    let codes = short.chain(mails.iter().filter_map(|mail| long_code(&mail.text)));
    let links =
        mails.iter().filter_map(|mail| mail.text.split_once('#')?.1.split_whitespace().next());
    let links = links.map(str::to_owned);
    Ok(mails.iter().map(|mail| mail.to.clone()).chain(codes).chain(links).collect())
}

/// Returns the trigger function with an answer that differs from its event in more than `response`.
fn changed_by(event: &Event) -> Option<&str> {
    match event {
        Event::Invoked { function, trigger_source, event, answer, error: None } => {
            let changed =
                !trigger_source.is_empty() && without_response(event) != without_response(answer);
            changed.then_some(function.as_str())
        }
        Event::Invoked { .. } | Event::Called { .. } => None,
    }
}

fn without_response(event: &Value) -> Vec<(&String, &Value)> {
    let members = event.as_object().into_iter().flatten();
    members.filter(|(name, _)| *name != "response").collect()
}
