//! The issuer of a pool's tokens, in each of its forms.
//!
//! One pair of keys signs under every form, and every form names the pool: a token that is checked
//! against the keys may name any of them. So tokens outlive a restart with another form.
//! Contract: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html>

/// Form of the issuer that new tokens name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssuerForm {
    /// `http://localhost:PORT/POOL`, where a verifier finds the key set.
    #[default]
    Local,
    /// `https://cognito-idp.REGION.amazonaws.com/POOL`, which AWS calls `ORIGINAL`.
    Original,
    /// `https://issuer-cognito-idp.REGION.amazonaws.com/POOL`, which AWS calls `UPDATED`.
    Updated,
}

const FORMS: [(IssuerForm, &str); 3] = [
    (IssuerForm::Local, "local"),
    (IssuerForm::Original, "original"),
    (IssuerForm::Updated, "updated"),
];

impl IssuerForm {
    /// Every form.
    pub(crate) const ALL: [Self; 3] = [Self::Local, Self::Original, Self::Updated];

    /// Parses the name of a form, as the command line and the seed file have it.
    ///
    /// # Errors
    /// A sentence that names the forms.
    pub fn parse(name: &str) -> Result<Self, String> {
        FORMS
            .into_iter()
            .find_map(|(form, known)| (known == name).then_some(form))
            .ok_or_else(|| "one of local, original and updated is expected".to_owned())
    }

    /// Returns the issuer of `pool`. In AWS's forms its Region is the one in the pool's id, as
    /// verifiers expect; `region` stands in for it where an id has none.
    pub fn issuer(self, base: &str, region: &str, pool: &str) -> String {
        let region = pool.split_once('_').map_or(region, |(region, _)| region);
        match self {
            Self::Local => format!("{base}/{pool}"),
            Self::Original => format!("https://cognito-idp.{region}.amazonaws.com/{pool}"),
            Self::Updated => format!("https://issuer-cognito-idp.{region}.amazonaws.com/{pool}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IssuerForm;

    #[track_caller]
    fn check(name: &str, pool: &str, expected: &str) {
        let form = IssuerForm::parse(name).unwrap();
        assert_eq!(form.issuer("http://localhost:1", "eu-west-1", pool), expected);
    }

    #[test]
    fn issuer_of_each_form_names_the_pool() {
        check("local", "eu-west-1_Mine", "http://localhost:1/eu-west-1_Mine");
        let original = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Mine";
        check("original", "eu-west-1_Mine", original);
        let updated = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Mine";
        check("updated", "eu-west-1_Mine", updated);
        let elsewhere = "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_Mine";
        check("original", "us-gov-west-1_Mine", elsewhere);
        check("original", "mine", "https://cognito-idp.eu-west-1.amazonaws.com/mine");
    }

    #[test]
    fn unknown_form_is_refused() {
        for name in ["", "aws", "ORIGINAL", "local ", "https://cognito-idp.eu-west-1.amazonaws.com"]
        {
            assert!(IssuerForm::parse(name).is_err(), "{name}");
        }
    }
}
