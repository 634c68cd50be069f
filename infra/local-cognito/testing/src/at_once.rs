//! Asynchronous calls from synchronous set-up.

/// Runs a call that never waits, inside or outside a runtime.
pub(crate) fn run_at_once<T>(call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the call waited for something"),
    }
}
