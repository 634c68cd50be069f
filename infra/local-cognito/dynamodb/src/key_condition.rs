//! The partition that a query reads, from its key condition.

use serde_json::{Map, Value};

/// The value that the condition demands of the attribute `leading`, if the condition begins by
/// demanding one and says nothing more about that attribute; the engine knows the rest.
pub(super) fn partition<'a>(query: &'a Map<String, Value>, leading: &str) -> Option<&'a str> {
    let condition = query.get("KeyConditionExpression")?.as_str()?;
    let mut words = words(condition);
    let (name, equals, value) = (words.next()?, words.next()?, words.next()?);
    let is_leading = |word: &str| resolve(query, word) == Some(leading);
    if !is_leading(name) || equals != "=" || words.any(is_leading) {
        return None;
    }
    query.get("ExpressionAttributeValues")?.get(value)?.get("S")?.as_str()
}

/// Meaning of a word of the condition: an attribute, by itself or by a placeholder.
fn resolve<'a>(query: &'a Map<String, Value>, word: &'a str) -> Option<&'a str> {
    if word.starts_with('#') {
        return query.get("ExpressionAttributeNames")?.get(word)?.as_str();
    }
    Some(word)
}

/// Names, placeholders and signs; blanks and parentheses only separate them.
fn words(condition: &str) -> impl Iterator<Item = &str> {
    let mut rest = condition;
    std::iter::from_fn(move || {
        rest =
            rest.trim_start_matches(|letter: char| letter.is_whitespace() || "()".contains(letter));
        let first = rest.chars().next()?;
        let goes_on = |letter: char| letter.is_alphanumeric() || letter == '_';
        let behind = rest.get(first.len_utf8()..)?;
        let more = match goes_on(first) || first == '#' || first == ':' {
            true => behind.find(|letter| !goes_on(letter)).unwrap_or(behind.len()),
            false => 0,
        };
        let (word, behind) = rest.split_at_checked(first.len_utf8() + more)?;
        rest = behind;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::partition;

    #[track_caller]
    fn check(condition: &str, expected: Option<&str>) {
        let query = json!({
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":ada": {"S": "ada"},
                ":bob": {"S": "bob"},
                ":number": {"N": "1"},
            },
        });
        assert_eq!(partition(query.as_object().unwrap(), "pk"), expected, "{condition}");
    }

    #[test]
    fn the_partition_is_what_the_condition_begins_with() {
        for condition in [
            "pk = :ada",
            "#pk = :ada",
            "pk=:ada",
            "(pk = :ada)",
            " ( #pk\n=\t:ada ) ",
            "pk = :ada AND sk > :bob",
            "(pk = :ada) and (begins_with(#sk, :bob))",
            "pk = :ada AND sk BETWEEN :ada AND :bob",
        ] {
            check(condition, Some("ada"));
        }
    }

    #[test]
    fn what_is_not_plain_has_no_partition() {
        for condition in [
            "",
            "pk",
            "pk =",
            "sk = :ada",
            "#sk = :ada",
            "#none = :ada",
            "pk > :ada",
            "pk >= :ada",
            "pk <> :ada",
            ":ada = pk",
            "pk = :none",
            "pk = :number",
            "pk = pk",
            "begins_with(pk, :ada)",
            "NOT pk = :ada",
            "sk = :ada AND pk = :bob",
            "pk = :ada AND pk = :bob",
            "pk = :ada OR #pk = :bob",
            "pk = :ada AND (sk = :ada OR (pk=:bob))",
            "pk = :ada AND#pk=:bob",
            "pk = :ada AND sk=:bob-pk",
            "pk = :ada:bob AND pk.sk = :bob",
        ] {
            check(condition, None);
        }
    }
}
