//! Numbers and tables as the page has them.

/// Returns an amount with so many digits, or with none from a thousand on.
#[must_use]
pub fn dollars(amount: f64, digits: usize) -> String {
    let least = 10_f64.powi(-i32::try_from(digits).unwrap_or_default());
    if 0.0 < amount && amount < 0.5 * least {
        format!("< {least:.digits$}")
    } else if amount < 1000.0 {
        format!("{amount:.digits$}")
    } else {
        whole(amount)
    }
}

/// Returns a number without digits after the point, its thousands parted.
#[must_use]
pub fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a table in Markdown; all columns but the first hold numbers if `numbers` says so.
#[must_use]
pub fn table(head: &[&str], rows: &[Vec<String>], numbers: bool) -> String {
    let ruler = if numbers { "---:|" } else { "---|" };
    let mut lines = vec![
        format!("| {} |", head.join(" | ")),
        format!("|---|{}", ruler.repeat(head.len().saturating_sub(1))),
    ];
    lines.extend(rows.iter().map(|row| format!("| {} |", row.join(" | "))));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{dollars, whole};

    #[test]
    fn amounts_are_short() {
        for (amount, digits, expected) in [
            (0.0, 2, "0.00"),
            (0.004, 2, "< 0.01"),
            (0.005, 2, "0.01"),
            (12.345, 4, "12.3450"),
            (999.99, 2, "999.99"),
            (1234.5, 2, "1,234"),
        ] {
            assert_eq!(dollars(amount, digits), expected);
        }
        assert_eq!(whole(12_345_678.0), "12,345,678");
    }
}
