//! Pages of a service that reads from a standby.

use crate::rights;
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Cluster, Service};

#[test]
fn every_page_is_read_from_the_standby() {
    let primary = Cluster::start(&[]);
    let database = stage::with_past_on(&primary, "read_elsewhere");
    let standby = primary.standby();
    let host = standby.folder().to_string_lossy().into_owned();
    let port = standby.port().to_string();
    let said =
        [("DB_READ_HOST", host.as_str()), ("DB_READ_PORT", port.as_str()), ("DB_READ_WAIT_MS", "60000")];
    let service = Service::start_with(&database, &said, &[]);
    let task = stage::failed_task(&database);
    let admin = Visitor::new(&service, "ada");
    let reads = |outcome: &str| {
        let name = format!("dfa_standby_reads_total{{outcome=\"{outcome}\"}} ");
        let metrics = service.get("/metrics").text;
        metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse::<u64>().ok()).unwrap_or(0)
    };
    let mut read = 0;
    for (path, get, _) in rights::routes() {
        let path = rights::filled(&path, &task);
        if !get || rights::OPEN.contains(&path.as_str()) || path.starts_with("/static/") || path == "/live" {
            continue;
        }
        let before = (reads("standby"), reads("again"));
        let reply = admin.get(&path);
        assert!([200, 404].contains(&reply.status), "{path}: {}", reply.text);
        read += u64::from(reads("standby") > before.0);
        if reply.status == 200 {
            assert_eq!(reads("again"), before.1, "{path} writes, or cannot be read there");
        }
    }
    assert!(read > 25, "{read} pages were read from the standby");
    assert_eq!((reads("behind"), reads("away")), (0, 0));
}
