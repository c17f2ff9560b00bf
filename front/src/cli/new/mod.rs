//! `dfa new`: a folder that works.

use crate::failure::{Failure, Result};
use crate::output::Output;
use serde_json::json;
use std::path::PathBuf;

/// Where each file goes, and what stands in it.
const FILES: [(&str, &str); 4] = [
    ("catalog/sale.yaml", include_str!("sale.yaml")),
    ("pipeline/sale.yaml", include_str!("pipeline.yaml")),
    ("data/shop.json", include_str!("shop.json")),
    ("sample/sale.csv", include_str!("sale.csv")),
];

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  dfa new shop
  dfa init --catalog shop --run-date 2026-01-01
  dfa load -t src_sale shop/sample/sale.csv
  dfa pipeline run sale_daily --run-date 2026-01-03")]
pub struct Arguments {
    /// A folder that is not there yet, or is empty.
    dir: PathBuf,
}

pub fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let dir = &arguments.dir;
    let is_taken = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::usage(format!("'{}' cannot be read: {error}", dir.display()))),
    };
    if is_taken {
        return Err(Failure::usage(format!("folder '{}' is not empty", dir.display()))
            .hint("Name one that is not there yet; nothing was written."));
    }
    for (path, text) in FILES {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text)?;
    }
    let (message, shown) = (format!("Success: {} files in '{}'", FILES.len(), dir.display()), dir.display());
    let next = format!(
        "dfa catalog check {shown}\ndfa init --catalog {shown} --run-date 2026-01-01\n\
         dfa load -t src_sale {shown}/sample/sale.csv\ndfa pipeline run sale_daily --run-date 2026-01-03"
    );
    let files: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
    output.message(
        &format!("{message}\nNext:\n{next}"),
        json!({ "message": message, "files": files, "next": next }),
    );
    Ok(())
}
