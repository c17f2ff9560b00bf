//! Files that land by themselves out of buckets, of each kind of store: by the servers that their users test with.

use crate::files::{ledger, shop, shops, until, CATALOG};
use crate::ready;
use base64::engine::general_purpose::STANDARD as BASE64;
use base64::Engine;
use dfa_tests::Service;
use hmac::{Hmac, KeyInit, Mac};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of buckets, which has none at first.
struct Buckets {
    child: Child,
    scheme: &'static str,
    url: String,
    /// Settings of the service, by which it finds the server.
    settings: Vec<(&'static str, &'static str)>,
    /// The one that is its address.
    address: &'static str,
    put: fn(url: &str, path: &str, body: &[u8]),
}

impl Buckets {
    /// The program that a script of `scripts/` prints the path of, once it listens; none where it cannot be had.
    fn start(
        script: &str,
        arguments: &[&str],
        buckets: impl FnOnce(Child, String) -> Buckets,
    ) -> Option<Buckets> {
        let script = format!("{}/../scripts/{script}", env!("CARGO_MANIFEST_DIR"));
        let printed = Command::new(&script).output().ok().filter(|output| output.status.success());
        let Some(printed) = printed else {
            eprintln!(
                "SKIPPED: {script} has nothing here, so that NO BUCKET OF THAT KIND WAS READ by any test"
            );
            return None;
        };
        let port = dfa_tests::free_port().to_string();
        let mut command = Command::new(String::from_utf8_lossy(&printed.stdout).trim());
        command.args(arguments.iter().map(|argument| argument.replace("PORT", &port)));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let buckets = buckets(command.spawn().unwrap(), format!("http://127.0.0.1:{port}"));
        let started = Instant::now();
        while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            assert!(started.elapsed() < dfa_tests::DEADLINE, "{script}: nobody listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(buckets)
    }

    fn put(&self, path: &str, body: &[u8]) {
        (self.put)(&self.url, path, body);
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A bucket has no slash in its path.
fn is_bucket(path: &str) -> bool {
    !path.contains('/')
}

fn sent(path: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) {
    let answer = answer.unwrap();
    assert!(answer.status().is_success(), "{path}: {answer:?}");
}

/// moto, for S3.
fn s3() -> Option<Buckets> {
    fn put(url: &str, path: &str, body: &[u8]) {
        // Somebody signs; who it is moto does not ask.
        let signed = "AWS4-HMAC-SHA256 Credential=test/20210101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        sent(path, ureq::put(format!("{url}/{path}")).header("Authorization", signed).send(body));
    }
    Buckets::start("moto.sh", &["-m", "moto.server", "-H", "127.0.0.1", "-p", "PORT"], |child, url| Buckets {
        child,
        scheme: "s3",
        url,
        settings: vec![
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ],
        address: "AWS_ENDPOINT",
        put,
    })
}

/// fake-gcs-server, for Google Cloud Storage.
fn gs() -> Option<Buckets> {
    fn put(url: &str, path: &str, body: &[u8]) {
        if is_bucket(path) {
            let bucket = serde_json::json!({ "name": path });
            return sent(path, ureq::post(format!("{url}/storage/v1/b")).send_json(bucket));
        }
        let (bucket, name) = path.split_once('/').unwrap();
        sent(
            path,
            ureq::post(format!("{url}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"))
                .send(body),
        );
    }
    let arguments = [
        "-backend",
        "memory",
        "-scheme",
        "http",
        "-host",
        "127.0.0.1",
        "-port",
        "PORT",
        "-public-host",
        "127.0.0.1:PORT",
    ];
    Buckets::start("fake-gcs.sh", &arguments, |child, url| Buckets {
        child,
        scheme: "gs",
        url,
        settings: vec![("GOOGLE_SKIP_SIGNATURE", "true")],
        address: "GOOGLE_BASE_URL",
        put,
    })
}

/// Azurite, for Azure Blob Storage.
fn az() -> Option<Buckets> {
    /// Everybody's, of its one account.
    const ACCOUNT: &str = "devstoreaccount1";
    const KEY: &str =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    fn put(url: &str, path: &str, body: &[u8]) {
        let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let (query, signed_query, kind) = match is_bucket(path) {
            true => ("?restype=container", "\nrestype:container", ""),
            false => ("", "", "x-ms-blob-type:BlockBlob\n"),
        };
        let length = if body.is_empty() { String::new() } else { body.len().to_string() };
        let text = format!(
            "PUT\n\n\n{length}\n\n\n\n\n\n\n\n\n{kind}x-ms-date:{now}\nx-ms-version:2021-08-06\n/{ACCOUNT}/{ACCOUNT}/{path}{signed_query}"
        );
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&BASE64.decode(KEY).unwrap()).unwrap();
        mac.update(text.as_bytes());
        let signed = BASE64.encode(mac.finalize().into_bytes());
        let mut request = ureq::put(format!("{url}/{ACCOUNT}/{path}{query}"))
            .header("x-ms-date", now)
            .header("x-ms-version", "2021-08-06")
            .header("Authorization", format!("SharedKey {ACCOUNT}:{signed}"));
        if !kind.is_empty() {
            request = request.header("x-ms-blob-type", "BlockBlob");
        }
        sent(path, request.send(body));
    }
    let arguments = [
        "--inMemoryPersistence",
        "--silent",
        "--disableTelemetry",
        "--skipApiVersionCheck",
        "--blobPort",
        "PORT",
    ];
    Buckets::start("azurite.sh", &arguments, |child, url| Buckets {
        child,
        scheme: "az",
        url,
        settings: vec![("AZURE_STORAGE_USE_EMULATOR", "true")],
        address: "AZURITE_BLOB_STORAGE_URL",
        put,
    })
}

/// Objects land once, in order, and one that changed is told; so is a bucket that is not there.
fn objects_land(buckets: Option<Buckets>) {
    let Some(buckets) = buckets else { return };
    let scheme = buckets.scheme;
    let (database, _folder) = shop(&format!("files_bucket_{scheme}"));
    let catalog = CATALOG.replace("sale/*.csv*", &format!("'{scheme}://landing/sale/*.csv'"));
    database.connect().query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
    let landing = format!("{scheme}://landing/sale");
    let mut settings = buckets.settings.clone();
    settings.extend([
        ("DFA_LANDING", landing.as_str()),
        ("DFA_LANDING_SECONDS", "1"),
        (buckets.address, &buckets.url),
    ]);
    let _service = Service::start_with(&database, &settings, &[]);
    // There is no such bucket yet.
    until(&database, "(select fault like '%landing%' from dfa.file_source)");
    buckets.put("landing", b"");
    // The first may land before the second is there.
    for name in ["a", "b"] {
        buckets.put(&format!("landing/sale/{name}.csv"), format!("shop,amount\n{name},1\n").as_bytes());
    }
    buckets.put("landing/other/c.csv", b"shop,amount\nc,1\n");
    until(&database, "(select count(*) from dfa.file) = 2");
    assert_eq!(
        ledger(&database),
        format!("{scheme}://landing/sale/a.csv landed 1, {scheme}://landing/sale/b.csv landed 1")
    );
    assert_eq!(ready::value(&database, "select fault from dfa.file_source"), "");
    buckets.put("landing/sale/a.csv", b"shop,amount\nx,1\n");
    until(&database, "(select count(*) from dfa.file where state = 'changed') = 1");
    assert_eq!(shops(&database), "ab");
}

#[test]
fn objects_of_s3_land_as_files_do() {
    objects_land(s3());
}

#[test]
fn objects_of_google_cloud_storage_land_as_files_do() {
    objects_land(gs());
}

#[test]
fn objects_of_azure_land_as_files_do() {
    objects_land(az());
}
