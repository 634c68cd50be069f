//! Every trigger event is refused: none of them comes from a stream.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{KeySecret, Mailbox, MemoryChallenges, golden};
use support::sender;

#[test]
fn every_trigger_event_is_refused_and_nothing_is_sent() {
    let mails = Mailbox::default();
    let sender = sender(&MemoryChallenges::default(), &mails, &KeySecret::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.unwrap();
    let mut refused = 0;
    golden::check_every_event(&[], &[], |event| {
        let answer = runtime.block_on(sender.handle(event, NOW, 0));
        refused += usize::from(answer.is_err());
        answer.ok().map(lifeguard_runtime::Reply::into_payload)
    });
    assert!(refused > 60, "only {refused} events");
    assert_eq!(mails.service.calls(), 0);
}
