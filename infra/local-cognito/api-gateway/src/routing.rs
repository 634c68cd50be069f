//! The API and the route of a request.

use std::collections::BTreeMap;

use axum::http::Method;

use local_cognito_sam_template::{HttpApi, Route};

/// End of the host name of an API, behind its id.
const OWN_HOST: &str = ".execute-api.localhost";

/// Address by which a request came in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Door<'a> {
    /// Under the name of one API.
    Own(&'a HttpApi),
    /// Under the local Cognito's own address, which leads to all of them.
    Shared(&'a [HttpApi]),
}

/// The route that takes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) api: &'a HttpApi,
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

impl<'a> Door<'a> {
    /// Finds the door of a request; `None` if it is not for an API. Under the local Cognito's own
    /// address an API gets the paths that begin like one of its routes, since others live there as
    /// well.
    pub(super) fn from_request(apis: &'a [HttpApi], host: &str, path: &str) -> Option<Self> {
        let name = host.split(':').next().unwrap_or_default();
        if let Some(id) = name.strip_suffix(OWN_HOST) {
            return apis.iter().find(|api| api.id == id).map(Self::Own);
        }
        let first = path.strip_prefix('/')?.split('/').next()?;
        let begins_like = |route: &Route| route.key.first_segment() == Some(first);
        apis.iter().any(|api| api.routes.iter().any(begins_like)).then_some(Self::Shared(apis))
    }

    /// The API that has this path, whatever the method; the first one if none has.
    pub(super) fn api(&self, path: &str) -> Option<&'a HttpApi> {
        let has_path = |api: &&HttpApi| api.routes.iter().any(|route| route.key.has_path(path));
        self.apis().iter().find(has_path).or_else(|| self.apis().first())
    }

    /// The route that fits a request best; of several `$default`, that of the API with the path.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found<'a>> {
        let home = self.api(path);
        self.apis()
            .iter()
            .flat_map(|api| api.routes.iter().map(move |route| (api, route)))
            .filter_map(|(api, route)| {
                let fit = route.key.fit(method.as_str(), path)?;
                let closeness = (fit.rank, Some(api) == home);
                Some((closeness, Found { api, route, parameters: fit.parameters }))
            })
            .max_by_key(|(closeness, _)| *closeness)
            .map(|(_, found)| found)
    }

    fn apis(&self) -> &'a [HttpApi] {
        match self {
            Self::Own(api) => std::slice::from_ref(api),
            Self::Shared(apis) => apis,
        }
    }
}
