//! Bars from left to right, in groups.

use super::canvas::{Anchor, Canvas, WIDTH, axis, shown};
use super::curves::marks;

const LEFT: f64 = 200.0;
const RIGHT: f64 = WIDTH - 60.0;
const TOP: f64 = 66.0;
const BAR: f64 = 16.0;
const GAP: f64 = 10.0;

/// Bars that belong together.
pub(super) struct Group {
    pub(super) name: String,
    /// Values of the series, in their order; one that was not measured leaves a gap.
    pub(super) values: Vec<Option<f64>>,
    /// The most that a value may be.
    pub(super) limit: Option<f64>,
}

/// Draws the groups one below the other.
pub(super) fn draw(title: &str, unit: &str, series: &[String], groups: &[Group]) -> String {
    let heights: Vec<f64> = groups
        .iter()
        .map(|group| BAR * f64::from(u16::try_from(group.values.len()).unwrap_or(u16::MAX)))
        .collect();
    let bottom = TOP + heights.iter().map(|height| height + GAP).sum::<f64>() + GAP;
    let mut canvas = Canvas::new(title, bottom + 56.0);
    canvas.legend(series);
    let values = groups.iter().flat_map(|group| group.values.iter().flatten().chain(&group.limit));
    let (end, step) = axis(values.copied().fold(0.0, f64::max));
    let place = |value: f64| (RIGHT - LEFT) * value / end;
    for mark in marks(end, step) {
        let x = LEFT + place(mark);
        canvas.grid([x, TOP], [x, bottom]);
        canvas.label(x, bottom + 18.0, Anchor::Middle, &shown(mark));
    }
    canvas.label(f64::midpoint(LEFT, RIGHT), bottom + 42.0, Anchor::Middle, unit);
    let mut y = TOP + GAP;
    for (group, height) in groups.iter().zip(heights) {
        canvas.label(LEFT - 8.0, y + height / 2.0 + 4.0, Anchor::End, &group.name);
        let mut top = y;
        for (number, value) in group.values.iter().enumerate() {
            if let Some(value) = value {
                canvas.bar(number, [LEFT, top], [place(*value), BAR - 2.0]);
                canvas.label(LEFT + place(*value) + 6.0, top + 12.0, Anchor::Start, &shown(*value));
            }
            top += BAR;
        }
        if let Some(limit) = group.limit {
            let x = LEFT + place(limit);
            canvas.limit([x, y - 3.0], [x, y + height + 1.0]);
        }
        y += height + GAP;
    }
    canvas.finish()
}
