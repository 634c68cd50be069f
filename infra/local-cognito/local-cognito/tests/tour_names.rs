//! Names that the tour takes for granted, held against those of a new local Cognito.

use local_cognito::default_pool;
use local_cognito::identity_pool::SOCIAL_PROVIDER;
use local_cognito_tour::names;

#[test]
fn tour_uses_the_published_names() {
    for (used, published) in [
        (names::WEB_CLIENT, default_pool::WEB_CLIENT),
        (names::LINK_CLIENT, default_pool::LINK_CLIENT),
        (names::PASSWORDLESS_CLIENT, default_pool::PASSWORDLESS_CLIENT),
        (names::DIRECTORY_CLIENT, default_pool::DIRECTORY_CLIENT),
        (names::DEVELOPER_PROVIDER, default_pool::DEVELOPER_PROVIDER),
        (names::GROUP, default_pool::GROUP),
        (names::SOCIAL_PROVIDER, SOCIAL_PROVIDER),
        (names::PROFILES, local_cognito_dynamodb::PROFILES),
    ] {
        assert_eq!(used, published);
    }
}
