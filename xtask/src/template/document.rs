//! The text of a template as data, with intrinsic functions in their long form.

use anyhow::{Context, bail};
use serde_json::{Map, Number, Value};
use serde_norway::Value as Yaml;

/// Parts of a template that are read here, in the order of the text.
#[derive(Clone, Debug)]
pub struct Document {
    /// Every section as one value.
    pub sections: Value,
    /// Logical ids and resources.
    pub resources: Vec<(String, Value)>,
    yaml: Yaml,
}

impl Document {
    /// Parses the text of a template.
    ///
    /// # Errors
    /// The text is no YAML, or has no resources.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let yaml: Yaml = serde_norway::from_str(text).context("the template is no YAML")?;
        let resources = yaml.get("Resources").context("the template has no resources")?;
        let resources = members(resources)?.into_iter();
        let resources = resources.map(|(name, resource)| Ok((name, to_json(resource)?)));
        let resources = resources.collect::<anyhow::Result<_>>()?;
        Ok(Self { resources, sections: to_json(yaml.clone())?, yaml })
    }

    /// Returns the members of a resource's `Metadata`, in the order of the text.
    ///
    /// # Errors
    /// It is no map.
    pub fn metadata(&self, id: &str) -> anyhow::Result<Vec<(String, Yaml)>> {
        let resource = self.yaml.get("Resources").and_then(|resources| resources.get(id));
        resource.and_then(|resource| resource.get("Metadata")).map_or(Ok(Vec::new()), members)
    }

    /// Returns the resources of a type.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.get("Type").and_then(Value::as_str) == Some(kind))
            .map(|(id, resource)| (id.as_str(), resource))
    }
}

/// Returns the members of a map, in the order of the text.
///
/// # Errors
/// The value is no map, or a member has a name that is no text.
pub fn members(yaml: &Yaml) -> anyhow::Result<Vec<(String, Yaml)>> {
    let members = yaml.as_mapping().context("a map is expected")?.iter();
    members
        .map(|(name, member)| {
            let name = name.as_str().context("the name of a member is no text")?;
            Ok((name.to_owned(), member.clone()))
        })
        .collect()
}

/// Returns YAML as JSON.
///
/// # Errors
/// A member has a name that is no text.
pub fn to_json(yaml: Yaml) -> anyhow::Result<Value> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => flag.into(),
        Yaml::Number(number) => {
            let whole = number.as_u64().map(Number::from).or(number.as_i64().map(Number::from));
            let number = whole.or_else(|| number.as_f64().and_then(Number::from_f64));
            number.map_or(Value::Null, Value::Number)
        }
        Yaml::String(text) => text.into(),
        Yaml::Sequence(list) => {
            Value::Array(list.into_iter().map(to_json).collect::<anyhow::Result<_>>()?)
        }
        Yaml::Mapping(members) => {
            let mut object = Map::new();
            for (name, member) in members {
                let Yaml::String(name) = name else { bail!("the name of a member is no text") };
                object.insert(name, to_json(member)?);
            }
            object.into()
        }
        Yaml::Tagged(tagged) => {
            let value = to_json(tagged.value)?;
            long_form(tagged.tag.to_string().trim_start_matches('!'), value)
        }
    })
}

/// `!Sub x` as `{"Fn::Sub": x}`.
fn long_form(tag: &str, value: Value) -> Value {
    let (name, value) = match (tag, value) {
        ("Ref" | "Condition", value) => (tag.to_owned(), value),
        ("GetAtt", Value::String(text)) => {
            let parts = text.splitn(2, '.').map(Value::from);
            ("Fn::GetAtt".to_owned(), parts.collect())
        }
        (_, value) => (format!("Fn::{tag}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Document;

    #[test]
    fn resources_keep_their_order_and_functions_become_long() {
        let text =
            "Resources:\n  B: {Type: X, A: !GetAtt C.Arn.D}\n  A: {Type: Y, B: !Sub b, C: 0.5}\n";
        let document = Document::parse(text).unwrap();
        assert_eq!(
            document.resources,
            [
                ("B".to_owned(), json!({"Type": "X", "A": {"Fn::GetAtt": ["C", "Arn.D"]}})),
                ("A".to_owned(), json!({"Type": "Y", "B": {"Fn::Sub": "b"}, "C": 0.5})),
            ]
        );
        assert_eq!(document.of_type("Y").map(|(id, _)| id).collect::<Vec<_>>(), ["A"]);
    }

    #[test]
    fn text_without_resources_is_refused() {
        for text in ["Resources: [", "Resources: []", "Other: {}"] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }
}
