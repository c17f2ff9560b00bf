//! Numbers over time as bars, drawn on the server: colour and form are the state, a tick above a bar is its 95th percentile. A
//! table of the same numbers stands beside it in the page.

use askama::filters::Safe;
use std::fmt::Write;

/// A bar.
pub struct Bar {
    /// What it is of: a day, a run.
    pub label: String,
    pub value: f64,
    /// Its value in words.
    pub text: String,
    /// Of its state: ok, failed, running, waiting or held.
    pub class: &'static str,
    /// A second value, above it.
    pub tick: Option<f64>,
    pub link: Option<String>,
}

/// Bars, the oldest first.
pub struct Chart(String);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 120.0;
/// For the greatest value above, and the first and last label below.
const ABOVE: f64 = 16.0;
const BELOW: f64 = 18.0;
const WIDEST: f64 = 24.0;

impl Chart {
    /// `title` says what is measured; `greatest` tells the greatest value.
    pub fn of(title: &str, bars: &[Bar], greatest: impl Fn(f64) -> String) -> Chart {
        let most = bars.iter().map(|bar| bar.value.max(bar.tick.unwrap_or(0.0))).fold(0.0, f64::max);
        let scale = if most > 0.0 { (HEIGHT - ABOVE - BELOW) / most } else { 0.0 };
        let step = (WIDTH / bars.len().max(1) as f64).min(WIDEST);
        let wide = (step - if step > 4.0 { 2.0 } else { 0.5 }).max(0.5);
        let base = HEIGHT - BELOW;
        let mut drawn = String::new();
        for (place, bar) in bars.iter().enumerate() {
            let x = place as f64 * step;
            // Nothing is a line at the bottom, and still there.
            let height = (bar.value * scale).max(1.0);
            let hollow = !["ok", "failed"].contains(&bar.class);
            let inside = if hollow { 0.5 } else { 0.0 };
            let mut body = format!(
                "<title>{}: {}</title><rect class=\"{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                escape(&bar.label),
                escape(&bar.text),
                bar.class,
                x + inside,
                base - height + inside,
                (wide - 2.0 * inside).max(0.5),
                (height - inside).max(0.5),
            );
            if bar.class == "failed" {
                let _ = write!(
                    body,
                    "<rect class=\"failed\" x=\"{x:.1}\" y=\"{ABOVE}\" width=\"{wide:.1}\" height=\"2\"/>"
                );
            }
            if let Some(tick) = bar.tick {
                let _ = write!(
                    body,
                    "<rect class=\"tick-mark\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"1.5\"/>",
                    base - (tick * scale).max(1.0) - 0.75
                );
            }
            let _ = match &bar.link {
                // Reached by keys in the table beside it.
                Some(link) => write!(drawn, "<a href=\"{}\" tabindex=\"-1\">{body}</a>", escape(link)),
                None => write!(drawn, "<g>{body}</g>"),
            };
        }
        let ends = match bars {
            [] => String::new(),
            [one] => format!("<text x=\"0\" y=\"{}\">{}</text>", HEIGHT - 4.0, escape(&one.label)),
            [first, .., last] => format!(
                "<text x=\"0\" y=\"{y}\">{}</text><text x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
                escape(&first.label),
                (bars.len() as f64 * step).max(300.0),
                escape(&last.label),
                y = HEIGHT - 4.0,
            ),
        };
        Chart(format!(
            "<svg class=\"chart\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"group\" aria-label=\"{}\">\
             <text x=\"0\" y=\"11\">{}</text><path class=\"axis\" d=\"M0 {base}.5H{WIDTH}\"/>{drawn}{ends}</svg>",
            escape(title),
            escape(&greatest(most)),
        ))
    }

    /// Escaped where it was made.
    pub fn html(&self) -> Safe<&str> {
        Safe(&self.0)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_its_words_and_its_link_and_a_failure_a_cap() {
        let bar = |value: f64, class: &'static str, link: Option<&str>| Bar {
            label: "<1>".to_owned(),
            value,
            text: format!("{value} rows"),
            class,
            tick: Some(value * 2.0),
            link: link.map(str::to_owned),
        };
        let bars = [bar(4.0, "ok", Some("/t/1")), bar(0.0, "failed", None)];
        let svg = Chart::of("Rows", &bars, |most| format!("{most}")).0;
        assert!(svg.contains("<a href=\"/t/1\" tabindex=\"-1\"><title>&lt;1&gt;: 4 rows</title>"));
        assert!(svg.contains(">8</text>") && svg.matches("class=\"failed\"").count() == 2);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert!(Chart::of("Rows", &[], |most| format!("{most}")).0.contains("<svg"));
    }
}
