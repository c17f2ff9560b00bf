//! The drawing: links with a state and a name, and the ways between them.

use super::layers::Layered;
use super::place::{Placed, NODE};
use super::{Graph, Node};
use std::fmt::Write;

/// Of a letter of the monospaced 12 px: a name is never cut, so its box has room for it.
const LETTER: f64 = 7.3;
const WIDE_LETTER: f64 = 12.0;
const SIGN: f64 = 24.0;

/// The width of a node.
pub fn width(node: &Node) -> f64 {
    let letters: f64 =
        shown(&node.name).chars().map(|letter| if letter >= '\u{1100}' { WIDE_LETTER } else { LETTER }).sum();
    SIGN + letters + 8.0
}

pub fn svg(graph: &Graph, layered: &Layered, placed: &Placed) -> String {
    let (width, height) = (placed.width.ceil(), placed.height.ceil());
    let mut svg = format!(
        "<svg class=\"graph\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"group\" aria-label=\"Lineage: {} tables, from left to right\">",
        graph.nodes.len()
    );
    for (way, back) in &layered.ways {
        edge(graph, layered, placed, way, *back, &mut svg);
    }
    for (place, node) in graph.nodes.iter().enumerate() {
        let (x, _) = placed.columns[layered.layer[place]];
        draw_node(node, x, placed.y[place], &mut svg);
    }
    svg.push_str("</svg>");
    svg
}

/// From the right edge of a node through the places that are kept free for it to the left edge of the other.
fn edge(graph: &Graph, layered: &Layered, placed: &Placed, way: &[usize], back: bool, svg: &mut String) {
    let mut path = String::new();
    let mut at = (0.0, 0.0);
    for (step, place) in way.iter().enumerate() {
        let (x, column) = placed.columns[layered.layer[*place]];
        let y = placed.y[*place];
        let own = graph.nodes.get(*place).map(width);
        if step > 0 {
            let middle = (at.0 + x) / 2.0;
            let _ = write!(path, "C{middle:.0} {:.1} {middle:.0} {y:.1} {x:.0} {y:.1}", at.1);
        }
        let end = x + own.unwrap_or(column);
        if step == 0 {
            let _ = write!(path, "M{end:.0} {y:.1}");
        } else if step + 1 < way.len() {
            let _ = write!(path, "H{end:.0}");
        }
        at = (end, y);
    }
    let class = if back { "edge back" } else { "edge" };
    let _ = write!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
}

fn draw_node(node: &Node, x: f64, y: f64, svg: &mut String) {
    let (class, word) = (node.state.class, node.state.word);
    let here = if node.here { " here\" aria-current=\"page" } else { "" };
    let top = y - NODE / 2.0;
    let (name, link) = (escape(&shown(&node.name)), escape(&node.link));
    let note = if node.note.is_empty() { String::new() } else { format!(", {}", escape(&node.note)) };
    let _ = write!(
        svg,
        "<a class=\"node{here}\" href=\"{link}\"><title>{name}: {word}{note}</title>\
         <rect x=\"{x:.0}\" y=\"{top:.1}\" width=\"{:.0}\" height=\"{NODE}\" rx=\"3\"/>\
         <use class=\"state {class}\" href=\"#s-{class}\" x=\"{:.0}\" y=\"{:.1}\" width=\"12\" height=\"12\"/>\
         <text x=\"{:.0}\" y=\"{:.1}\">{name}</text></a>",
        width(node),
        x + 7.0,
        y - 6.0,
        x + SIGN,
        y + 4.0,
    );
}

/// A name; characters that turn the direction of what follows are shown as what they are.
fn shown(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                format!("\\u{:04X}", u32::from(letter))
            }
            letter => letter.to_string(),
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
