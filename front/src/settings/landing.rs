//! Settings of files that land by themselves.

use super::number;
use crate::failure::{Failure, Result};
use std::path::PathBuf;
use std::time::Duration;

/// Where files of tables may lie; without any, nobody looks for them.
#[derive(Debug, Clone, Default)]
pub struct Landing {
    /// The folder of `DFA_LANDING`: paths of catalogs are within it.
    pub folder: Option<PathBuf>,
    /// The others of `DFA_LANDING`: `s3://bucket`, `gs://bucket/part`; addresses of catalogs begin so.
    pub stores: Vec<String>,
    /// `DFA_LANDING_SECONDS`: between two looks.
    pub look: Duration,
    /// `DFA_LANDING_SETTLE_SECONDS`: a file of the folder that was written later than this is left for the next look.
    pub settle: Duration,
}

impl Landing {
    pub(super) fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let mut landing = Landing {
            look: Duration::from_secs(number(value, "DFA_LANDING_SECONDS", 10, 1..=86_400)?.into()),
            settle: Duration::from_secs(number(value, "DFA_LANDING_SETTLE_SECONDS", 5, 0..=86_400)?.into()),
            ..Landing::default()
        };
        let given = value("DFA_LANDING").unwrap_or_default();
        for place in given.split(',').map(str::trim).filter(|place| !place.is_empty()) {
            match place.split_once("://") {
                Some(("s3" | "gs" | "az", rest)) if !rest.trim_matches('/').is_empty() => {
                    landing.stores.push(place.trim_end_matches('/').to_owned());
                }
                None if PathBuf::from(place).is_absolute() && landing.folder.is_none() => {
                    landing.folder = Some(PathBuf::from(place));
                }
                _ => {
                    return Err(Failure::usage(format!(
                        "setting DFA_LANDING has a place that it cannot have: '{place}'"
                    ))
                    .hint("Write one folder by its whole path, and buckets, separated by commas: /data/landing,s3://bucket"));
                }
            }
        }
        Ok(landing)
    }

    pub fn is_empty(&self) -> bool {
        self.folder.is_none() && self.stores.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_a_folder_and_buckets() {
        let of = |given: &'static str| {
            Landing::from(&move |name| (name == "DFA_LANDING").then(|| given.to_owned()))
        };
        let landing = of("/data/in, s3://b/part/,gs://c").unwrap();
        assert_eq!(landing.folder, Some(PathBuf::from("/data/in")));
        assert_eq!(landing.stores, ["s3://b/part", "gs://c"]);
        assert!(of("").unwrap().is_empty());
        for wrong in ["data/in", "ftp://b", "s3://", "/a,/b"] {
            assert!(of(wrong).unwrap_err().message.contains("DFA_LANDING"), "{wrong}");
        }
    }
}
