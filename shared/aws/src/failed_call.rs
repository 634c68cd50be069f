//! The error that is kept of a failed call.

use std::error::Error;
use std::fmt;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

/// An error that a service answered with, by its code alone: the sentence beside it may repeat
/// what was sent, such as a key or an address, and causes end in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}", self.0)
    }
}

impl Error for Refused {}

/// The cause of a fault: of an answer its code, of everything else, such as a time-out or a
/// connection that was refused, the whole error.
#[must_use]
pub fn failed_call<E, R>(error: SdkError<E, R>) -> Box<dyn Error + Send + Sync>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(_) | SdkError::ResponseError(_) => {
            Box::new(Refused(error.code().unwrap_or("an error without a code").to_owned()))
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::failed_call;
    use aws_sdk_secretsmanager::error::{ErrorMetadata, SdkError};
    use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;

    #[track_caller]
    fn check(error: SdkError<GetSecretValueError, ()>, expected: &str) {
        assert_eq!(failed_call(error).to_string(), expected);
    }

    #[test]
    fn an_answer_is_known_by_its_code_and_never_by_its_sentence() {
        let answer = |metadata: ErrorMetadata| {
            SdkError::service_error(GetSecretValueError::generic(metadata), ())
        };
        let named = ErrorMetadata::builder().code("ValidationException").message("noor is wrong");
        check(answer(named.build()), "the service answered ValidationException");
        let nameless = ErrorMetadata::builder().message("noor is wrong").build();
        check(answer(nameless), "the service answered an error without a code");
    }

    #[test]
    fn what_no_service_said_is_kept() {
        check(SdkError::timeout_error("1 s passed"), "request has timed out");
    }
}
