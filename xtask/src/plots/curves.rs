//! Two curves over one axis, each with an axis of its own.

use super::canvas::{Anchor, Canvas, WIDTH, axis, shown};

const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 70.0;
const TOP: f64 = 66.0;
const BOTTOM: f64 = HEIGHT - 56.0;

/// A curve and its name with the unit.
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) points: Vec<[f64; 2]>,
}

/// Draws a curve with the axis on the left and one with the axis on the right, both from zero.
pub(super) fn draw(title: &str, across: &str, [left, right]: [Curve; 2]) -> String {
    let mut canvas = Canvas::new(title, HEIGHT);
    canvas.legend(&[left.name.clone(), right.name.clone()]);
    let both = left.points.iter().chain(&right.points);
    let (end, step) = axis(both.map(|[x, _]| *x).fold(0.0, f64::max));
    for mark in marks(end, step) {
        let x = LEFT + (RIGHT - LEFT) * mark / end;
        canvas.grid([x, TOP], [x, BOTTOM]);
        canvas.label(x, BOTTOM + 18.0, Anchor::Middle, &shown(mark));
    }
    canvas.label(WIDTH / 2.0, BOTTOM + 42.0, Anchor::Middle, across);
    for (series, curve) in [left, right].into_iter().enumerate() {
        let (high, step) = axis(curve.points.iter().map(|[_, y]| *y).fold(0.0, f64::max));
        let place = |y: f64| BOTTOM - (BOTTOM - TOP) * y / high;
        for mark in marks(high, step) {
            let y = place(mark);
            if series == 0 {
                canvas.grid([LEFT, y], [RIGHT, y]);
                canvas.label(LEFT - 6.0, y + 4.0, Anchor::End, &shown(mark));
            } else {
                canvas.label(RIGHT + 6.0, y + 4.0, Anchor::Start, &shown(mark));
            }
        }
        let middle = f64::midpoint(TOP, BOTTOM);
        let x = if series == 0 { 18.0 } else { WIDTH - 10.0 };
        canvas.upright(x, middle, &curve.name);
        let points = curve.points.iter();
        let points = points.map(|[x, y]| [LEFT + (RIGHT - LEFT) * x / end, place(*y)]);
        canvas.curve(series, &points.collect::<Vec<_>>());
    }
    canvas.finish()
}

/// Returns the marks of an axis, with both ends.
pub(super) fn marks(end: f64, step: f64) -> impl Iterator<Item = f64> {
    (0..=20_u8)
        .map(move |count| f64::from(count) * step)
        .take_while(move |mark| *mark <= end + step / 2.0)
}
