//! What a document asks its reader to do: the fenced blocks, in order, and what stands around them.

use std::ops::Range;

/// What a block is for.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// The content of a file that the line above names.
    File(String),
    /// Statements for psql.
    Sql,
    /// A script of shell.
    Shell,
    /// Commands behind `$`, each followed by what it prints.
    Console,
    /// Something to read.
    Text,
}

/// A fenced block, and what the document shows of its output.
#[derive(Debug)]
pub struct Block {
    pub kind: Kind,
    /// The lines between its fences, by their index in the document.
    pub body: Range<usize>,
    /// The lines of the block behind it, if that is its output.
    pub shown: Option<Range<usize>>,
    /// `<!-- not run: reason -->` above it.
    pub not_run: Option<String>,
    /// `<!-- fails -->` above it: its last command does.
    pub fails: bool,
}

/// The document that `<!-- goes on from NAME -->` names: a reader has followed it before.
pub fn goes_on_from(text: &str) -> Option<&str> {
    text.lines().find_map(|line| comment(line)?.strip_prefix("goes on from "))
}

/// The blocks of a document.
///
/// # Panics
/// When a fence is never closed.
pub fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // What stands between the block before and this one.
    let mut above: Vec<&str> = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let Some(language) = lines[index].strip_prefix("```") else {
            above.push(lines[index]);
            index += 1;
            continue;
        };
        let from = index + 1;
        let length = lines[from..].iter().position(|line| *line == "```");
        let to = from + length.unwrap_or_else(|| panic!("line {from}: the block is never closed"));
        let is_next = above.iter().all(|line| line.is_empty());
        match blocks.last_mut() {
            Some(last) if is_next && last.takes_output() && matches!(language, "text" | "json") => {
                last.shown = Some(from..to);
            }
            _ => blocks.push(block(language, from..to, &above)),
        }
        above.clear();
        index = to + 1;
    }
    blocks
}

impl Block {
    fn takes_output(&self) -> bool {
        matches!(self.kind, Kind::Sql | Kind::Shell) && self.not_run.is_none() && self.shown.is_none()
    }
}

fn block(language: &str, body: Range<usize>, above: &[&str]) -> Block {
    let mut comments = Vec::new();
    let mut prose = None;
    for line in above.iter().rev().filter(|line| !line.is_empty()) {
        match comment(line) {
            Some(comment) => comments.push(comment),
            None => {
                prose = Some(*line);
                break;
            }
        }
    }
    let kind = match (prose.and_then(file), language) {
        (Some(file), _) => Kind::File(file.to_owned()),
        (None, "sql") => Kind::Sql,
        (None, "sh") => Kind::Shell,
        (None, "console") => Kind::Console,
        (None, _) => Kind::Text,
    };
    let not_run = comments.iter().find_map(|comment| comment.strip_prefix("not run: "));
    Block { kind, body, shown: None, not_run: not_run.map(str::to_owned), fails: comments.contains(&"fails") }
}

/// The text of a line that is a comment of HTML.
fn comment(line: &str) -> Option<&str> {
    Some(line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim())
}

/// The file that a line names for the block below it, as its last words: `` `path/of/file.yaml`: ``
fn file(line: &str) -> Option<&str> {
    let (_, path) = line.strip_suffix("`:")?.rsplit_once('`')?;
    (path.contains('.') && !path.contains([' ', '(', '='])).then_some(path)
}
