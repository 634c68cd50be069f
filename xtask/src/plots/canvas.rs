//! A picture as SVG, on a white ground of its own so that it is readable on a dark page too.

/// Width of every picture.
pub(super) const WIDTH: f64 = 760.0;
/// Colour of text and axes.
const INK: &str = "#222222";
/// Colours of series, in their order.
const COLOURS: [&str; 4] = ["#1f5fa8", "#c4570a", "#2f7d32", "#7b3f99"];

/// Place of a text beside its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that is being drawn.
pub(super) struct Canvas {
    height: f64,
    title: String,
    body: String,
}

impl Canvas {
    pub(super) fn new(title: &str, height: f64) -> Self {
        let mut canvas = Self { height, title: escaped(title), body: String::new() };
        canvas.write(WIDTH / 2.0, 26.0, Anchor::Middle, 17, title);
        canvas
    }

    /// Writes a label.
    pub(super) fn label(&mut self, x: f64, y: f64, anchor: Anchor, label: &str) {
        self.write(x, y, anchor, 12, label);
    }

    /// Writes a label that reads upwards, around its middle.
    pub(super) fn upright(&mut self, x: f64, y: f64, label: &str) {
        let label = escaped(label);
        self.body.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" font-size=\"12\" \
             fill=\"{INK}\" transform=\"rotate(-90 {x:.1} {y:.1})\">{label}</text>\n"
        ));
    }

    fn write(&mut self, x: f64, y: f64, anchor: Anchor, size: u8, label: &str) {
        let label = escaped(label);
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.body.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" \
             fill=\"{INK}\">{label}</text>\n"
        ));
    }

    /// Draws a line of the grid.
    pub(super) fn grid(&mut self, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
        self.line([x1, y1], [x2, y2], "#d5d5d5", 1);
    }

    /// Draws a limit.
    pub(super) fn limit(&mut self, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
        self.line([x1, y1], [x2, y2], "#b00020", 3);
    }

    fn line(&mut self, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2], colour: &str, width: u8) {
        self.body.push_str(&format!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" \
             stroke=\"{colour}\" stroke-width=\"{width}\"/>\n"
        ));
    }

    /// Draws a curve of the series with this number.
    pub(super) fn curve(&mut self, series: usize, points: &[[f64; 2]]) {
        let points: Vec<String> = points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
        let (points, colour) = (points.join(" "), colour(series));
        self.body.push_str(&format!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"2\"/>\n"
        ));
    }

    /// Draws a bar of the series with this number.
    pub(super) fn bar(&mut self, series: usize, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
        let colour = colour(series);
        self.body.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"{colour}\"/>\n"
        ));
    }

    /// Names the series side by side below the title.
    pub(super) fn legend(&mut self, names: &[String]) {
        let mut x = 70.0;
        for (series, name) in names.iter().enumerate() {
            self.bar(series, [x, 38.0], [12.0, 12.0]);
            self.label(x + 18.0, 48.0, Anchor::Start, name);
            // About the width of a letter at this size.
            x += 40.0 + 7.0 * f64::from(u16::try_from(name.len()).unwrap_or(u16::MAX));
        }
    }

    /// Returns the picture.
    pub(super) fn finish(self) -> String {
        let Self { height, title, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" role=\"img\">\n\
             <title>{title}</title>\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
        )
    }
}

fn colour(series: usize) -> &'static str {
    COLOURS.iter().cycle().nth(series).copied().unwrap_or(INK)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns the end of an axis for values up to `most`, and the step between two of its marks.
pub(super) fn axis(most: f64) -> (f64, f64) {
    let rough = most.max(f64::MIN_POSITIVE) / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let step = steps.iter().map(|step| step * power).find(|step| *step >= rough * 0.999_999);
    let step = step.unwrap_or(10.0 * power);
    ((most / step - 0.000_001).ceil().max(1.0) * step, step)
}

/// Returns a value of an axis as text.
pub(super) fn shown(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded >= 1_000.0 { crate::costs::text::whole(rounded) } else { rounded.to_string() }
}

#[cfg(test)]
mod tests {
    use super::axis;

    #[test]
    fn axes_end_at_round_numbers() {
        for (most, end, step) in [
            (0.9, 1.0, 0.2),
            (1.0, 1.0, 0.2),
            (1.1, 1.25, 0.25),
            (110.0, 125.0, 25.0),
            (100_000.0, 100_000.0, 20_000.0),
        ] {
            let (found_end, found_step) = axis(most);
            assert!((found_end - end).abs() < 1e-9 * end, "{most}: {found_end}");
            assert!((found_step - step).abs() < 1e-9 * step, "{most}: {found_step}");
        }
    }
}
