//! Where the files of a table lie: a pattern in a folder or in a bucket, by the crate `object_store`, which knows both.

use crate::failure::{Failure, Result};
use crate::settings::Landing;
use futures_util::TryStreamExt;
use glob::{MatchOptions, Pattern};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `*` does not reach into folders; a file that begins with a dot is somebody's work in progress.
const MATCH: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

pub struct Place {
    store: Arc<dyn ObjectStore>,
    pattern: Pattern,
    /// The folders of the pattern that have no wildcard.
    prefix: Option<Path>,
    /// The same on this machine, where the files are.
    folder: Option<PathBuf>,
    /// What the ledger calls the place of a file before its path.
    name: String,
}

/// A file as it lies there.
#[derive(Debug, Clone)]
pub struct Found {
    /// As the ledger has it.
    pub path: String,
    /// What tells it from what lay there before.
    pub version: String,
    pub size: u64,
    /// Microseconds since 1970.
    pub modified: i64,
    location: Path,
}

/// A copy of it.
pub struct Copied {
    pub checksum: String,
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Place {
    /// The place of a path in a catalog.
    ///
    /// # Errors
    /// One that the settings do not allow.
    pub fn of(given: &str, landing: &Landing) -> Result<Place> {
        let outside = || {
            Failure::work(format!("'{given}' lies in no place of DFA_LANDING"))
                .hint("That setting of the service names the folder and the buckets that catalogs may name.")
        };
        match given.split_once("://") {
            Some((scheme, rest)) => {
                let within = |root: &&String| {
                    given.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with('/'))
                };
                landing.stores.iter().find(within).ok_or_else(outside)?;
                let (bucket, pattern) = rest.split_once('/').ok_or_else(outside)?;
                let name = format!("{scheme}://{bucket}/");
                Place::new(store(scheme, &name).map_err(told)?, pattern, None, name)
            }
            None => {
                let root = landing.folder.as_ref().ok_or_else(outside)?;
                let given = std::path::Path::new(given);
                let within = match given.is_absolute() {
                    true => given.strip_prefix(root).map_err(|_| outside())?,
                    false => given,
                };
                if !root.is_dir() {
                    return Err(Failure::work(format!("folder '{}' is not there", root.display())));
                }
                let store = LocalFileSystem::new_with_prefix(root).map_err(told)?;
                Place::new(Arc::new(store), &within.to_string_lossy(), Some(root.clone()), String::new())
            }
        }
    }

    fn new(store: Arc<dyn ObjectStore>, pattern: &str, root: Option<PathBuf>, name: String) -> Result<Place> {
        let pattern = pattern.trim_start_matches("./");
        let mut folders: Vec<&str> = pattern.split('/').collect();
        folders.pop();
        let fixed: Vec<&str> =
            folders.into_iter().take_while(|part| !part.contains(['*', '?', '['])).collect();
        let prefix = fixed.join("/");
        let folder = root.map(|root| root.join(&prefix));
        Ok(Place {
            store,
            pattern: Pattern::new(pattern)
                .map_err(|error| Failure::work(format!("'{pattern}' is no pattern: {error}")))?,
            prefix: (!prefix.is_empty())
                .then(|| Path::parse(&prefix))
                .transpose()
                .map_err(|error| Failure::work(format!("'{prefix}': {error}")))?,
            folder,
            name,
        })
    }

    /// The files that lie there now, in order of name.
    ///
    /// # Errors
    /// A folder that is not there; a bucket that cannot be read.
    pub async fn list(&self) -> Result<Vec<Found>> {
        if let Some(folder) = self.folder.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(Failure::work(format!("folder '{}' is not there", folder.display())));
        }
        let listed: Vec<ObjectMeta> =
            self.store.list(self.prefix.as_ref()).try_collect().await.map_err(told)?;
        let mut found: Vec<Found> = listed
            .into_iter()
            .filter(|meta| self.pattern.matches_with(meta.location.as_ref(), MATCH))
            .map(|meta| self.found(meta))
            .collect();
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }

    fn found(&self, meta: ObjectMeta) -> Found {
        let modified = meta.last_modified.timestamp_micros();
        Found {
            path: format!("{}{}", self.name, meta.location),
            // Some stores quote the tag of an object, and not that of the same object in a list.
            version: match &meta.e_tag {
                Some(tag) => tag.trim_matches('"').to_owned(),
                None => format!("{}-{modified}", meta.size),
            },
            size: meta.size,
            modified,
            location: meta.location,
        }
    }

    /// Whether nobody has written it of late. An object of a bucket is whole when it is there.
    pub fn is_settled(&self, found: &Found, settle: Duration) -> bool {
        let Some(now) = SystemTime::now().duration_since(UNIX_EPOCH).ok().filter(|_| self.folder.is_some())
        else {
            return true;
        };
        let age = i64::try_from(now.as_micros()).unwrap_or(i64::MAX).saturating_sub(found.modified);
        age >= i64::try_from(settle.as_micros()).unwrap_or(i64::MAX)
    }

    /// Its bytes under its name in a folder of its own; `None`: it is gone, or another one by now.
    pub async fn copy(&self, found: &Found) -> Result<Option<Copied>> {
        let folder = tempfile::tempdir()?;
        let name = found.location.filename().unwrap_or("file");
        let path = folder.path().join(name);
        let mut file = std::fs::File::create(&path)?;
        let mut hash = Sha256::new();
        let got = match self.store.get(&found.location).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            got => got.map_err(told)?,
        };
        let mut pieces = got.into_stream();
        while let Some(piece) = pieces.try_next().await.map_err(told)? {
            hash.update(&piece);
            file.write_all(&piece)?;
        }
        // What was written while it was read would be half of the one and half of the other.
        let after = match self.store.head(&found.location).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            after => self.found(after.map_err(told)?),
        };
        if after.version != found.version || file.metadata()?.len() != found.size {
            return Ok(None);
        }
        let checksum = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Some(Copied { checksum, path, _folder: folder }))
    }
}

/// A bucket or container, with the settings that the environment has for it.
fn store(scheme: &str, url: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    // One that is silent holds up the files of others no longer than this.
    let retry =
        RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(15), ..RetryConfig::default() };
    let settings = std::env::vars().map(|(name, value)| (name.to_ascii_lowercase(), value));
    macro_rules! built {
        ($builder:ident, $of:literal) => {{
            let given = $builder::new().with_url(url).with_retry(retry);
            let settings = settings.filter(|(name, _)| name.starts_with($of));
            let known = settings.filter_map(|(name, value)| Some((name.parse().ok()?, value)));
            Arc::new(known.fold(given, |given, (key, value)| given.with_config(key, value)).build()?)
        }};
    }
    Ok(match scheme {
        "gs" => built!(GoogleCloudStorageBuilder, "google_"),
        "az" => built!(MicrosoftAzureBuilder, "azure_"),
        _ => built!(AmazonS3Builder, "aws_"),
    })
}

/// What lies behind an error of a store says more than the error itself, where there is something.
fn told(error: object_store::Error) -> Failure {
    let causes = crate::failure::causes(&error);
    Failure::work(if causes.is_empty() { error.to_string() } else { causes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landing(folder: &std::path::Path) -> Landing {
        Landing {
            folder: Some(folder.to_owned()),
            stores: vec!["s3://bucket/in".to_owned()],
            ..Landing::default()
        }
    }

    #[tokio::test]
    async fn files_are_found_by_their_pattern_in_order_of_name() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "a\n1\n").unwrap();
        };
        ["s/b.csv", "s/a.csv", "s/a.csv.tmp", "s/.c.csv", "s/deep/d.csv", "t/e.csv"]
            .into_iter()
            .for_each(write);
        let paths = async |pattern: &str| -> Vec<String> {
            let place = Place::of(pattern, &landing(root.path())).unwrap();
            place.list().await.unwrap().into_iter().map(|found| found.path).collect()
        };
        assert_eq!(paths("s/*.csv").await, ["s/a.csv", "s/b.csv"]);
        assert_eq!(paths("*/*.csv").await, ["s/a.csv", "s/b.csv", "t/e.csv"]);
        assert_eq!(paths("s/**/*.csv").await, ["s/a.csv", "s/b.csv", "s/deep/d.csv"]);
        assert_eq!(paths("s/a.csv").await, ["s/a.csv"]);
        assert_eq!(paths(&format!("{}/t/?.csv", root.path().display())).await, ["t/e.csv"]);
        let gone = Place::of("u/*.csv", &landing(root.path())).unwrap().list().await.unwrap_err();
        assert!(gone.message.ends_with("u' is not there"), "{}", gone.message);
    }

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("a.csv"), "a\n1\n").unwrap();
        let place = Place::of("a.csv", &landing(root.path())).unwrap();
        let found = place.list().await.unwrap().remove(0);
        assert!(place.copy(&found).await.unwrap().is_some());
        assert!(
            !place.is_settled(&found, Duration::from_secs(3600)) && place.is_settled(&found, Duration::ZERO)
        );
        std::fs::write(root.path().join("a.csv"), "a\n1\n2\n").unwrap();
        assert!(place.copy(&found).await.unwrap().is_none());
        std::fs::remove_file(root.path().join("a.csv")).unwrap();
        assert!(place.copy(&found).await.unwrap().is_none());
    }

    #[test]
    fn nothing_outside_of_the_places_is_looked_at() {
        let root = tempfile::tempdir().unwrap();
        for outside in ["/etc/*.conf", "s3://other/x.csv", "s3://bucket/inner/x.csv", "ftp://bucket/in/x.csv"]
        {
            let failure = Place::of(outside, &landing(root.path())).err().unwrap();
            assert!(
                failure.message.contains("lies in no place of DFA_LANDING"),
                "{outside}: {}",
                failure.message
            );
        }
        let none = Landing::default();
        assert!(Place::of("x.csv", &none).is_err());
    }
}
