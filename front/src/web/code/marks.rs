//! Which parts of a text are what, and the text as HTML with these parts marked.

use std::ops::Range;

/// A part, by its class: `k` keyword or key, `s` text or number, `c` comment, `p` placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub range: Range<usize>,
    pub class: &'static str,
}

/// The marks with the placeholders of a statement, `{run_date}`, cut into them.
pub fn with_placeholders(text: &str, marks: Vec<Mark>) -> Vec<Mark> {
    let mut holes = placeholders(text).into_iter().peekable();
    let mut all = Vec::with_capacity(marks.len());
    for mut mark in marks {
        while let Some(hole) = holes.next_if(|hole| hole.start < mark.range.end) {
            if hole.start < mark.range.start {
                mark.range.start = mark.range.start.max(hole.end).min(mark.range.end);
            } else {
                all.push(Mark { range: mark.range.start..hole.start, ..mark });
                mark.range.start = hole.end.min(mark.range.end);
            }
            all.push(Mark { range: hole, class: "p" });
        }
        all.push(mark);
    }
    all.extend(holes.map(|range| Mark { range, class: "p" }));
    all.retain(|mark| !mark.range.is_empty());
    all
}

fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(place) = text[at..].find('{') {
        let start = at + place;
        let name = text[start + 1..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        at = start + 1;
        if name > 0 && text.as_bytes().get(start + 1 + name) == Some(&b'}') {
            at = start + name + 2;
            found.push(start..at);
        }
    }
    found
}

/// A line of a text as HTML; `marks` are those of the whole text, of which `from` is the first that may touch the line.
/// Returns where to look for the next line.
pub fn line_html(text: &str, line: Range<usize>, marks: &[Mark], from: usize, html: &mut String) -> usize {
    let mut at = line.start;
    let mut place = from;
    while let Some(mark) = marks.get(place).filter(|mark| mark.range.start < line.end) {
        let (start, end) = (mark.range.start.max(at), mark.range.end.min(line.end));
        if start < end {
            escape(&text[at..start], html);
            html.push_str("<span class=\"");
            html.push_str(mark.class);
            html.push_str("\">");
            escape(&text[start..end], html);
            html.push_str("</span>");
            at = end;
        }
        if mark.range.end > line.end {
            break;
        }
        place += 1;
    }
    escape(&text[at..line.end], html);
    place
}

/// A text in HTML. Characters that turn the direction of what follows are shown as what they are.
pub fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                html.push_str(&format!("<span class=\"p\">\\u{:04X}</span>", u32::from(letter)));
            }
            letter => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str, marks: &[Mark]) -> String {
        let mut html = String::new();
        line_html(text, 0..text.len(), marks, 0, &mut html);
        html
    }

    #[test]
    fn a_placeholder_in_a_text_stands_out_of_it() {
        let text = "date '{run_date}' {x} {no x}";
        let marks = with_placeholders(text, vec![Mark { range: 5..17, class: "s" }]);
        assert_eq!(
            html(text, &marks),
            "date <span class=\"s\">&#39;</span><span class=\"p\">{run_date}</span><span class=\"s\">&#39;</span> \
             <span class=\"p\">{x}</span> {no x}"
        );
    }

    #[test]
    fn nothing_of_a_text_is_markup_and_nothing_turns_its_direction() {
        assert_eq!(
            html("<b>&\"'\u{202e}x", &[]),
            "&lt;b&gt;&amp;&quot;&#39;<span class=\"p\">\\u202E</span>x"
        );
    }

    #[test]
    fn a_part_of_several_lines_is_marked_in_each() {
        let text = "a\nb\nc";
        let marks = [Mark { range: 0..3, class: "c" }];
        let mut html = String::new();
        let next = line_html(text, 0..1, &marks, 0, &mut html);
        let next = line_html(text, 2..3, &marks, next, &mut html);
        line_html(text, 4..5, &marks, next, &mut html);
        assert_eq!(html, "<span class=\"c\">a</span><span class=\"c\">b</span>c");
    }
}
