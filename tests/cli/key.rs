//! `dfa key`

use dfa_tests::{dfa, Cluster};

#[test]
fn a_key_is_printed_once_listed_without_itself_and_revoked() {
    let database = Cluster::shared().database("cli_key");
    let made =
        dfa(&database, &["key", "add", "erp", "--role", "operator", "--for", "src_*", "--for", "imp_x"]);
    let key = made.assert_success().stdout.lines().next().unwrap().to_owned();
    assert!(key.len() == 68 && key.starts_with("dfa_"), "{key}");
    assert!(
        made.stderr.contains("pattern 'src_*' fits no table, pipeline or source so far"),
        "{}",
        made.stderr
    );
    let listed = dfa(&database, &["--json", "key", "list"]).assert_success().json();
    let first = &listed[0];
    assert_eq!(
        [&first["key"], &first["role"], &first["for"], &first["state"], &first["last_used"]],
        [
            &"erp".into(),
            &"operator".into(),
            &"src_*, imp_x".into(),
            &"active".into(),
            &serde_json::Value::Null
        ]
    );
    assert!(!listed.to_string().contains(&key));
    dfa(&database, &["key", "revoke", "erp"]).assert_success();
    assert_eq!(dfa(&database, &["--json", "key", "list"]).json()[0]["state"], "revoked");
    dfa(&database, &["key", "revoke", "erp"]).assert_failure(1, &["key 'erp' was revoked before"]);
    dfa(&database, &["key", "revoke", "nobody"])
        .assert_failure(1, &["key 'nobody' is not known", "dfa key list"]);
    dfa(&database, &["key", "add", "x", "--role", "king"]).assert_failure(2, &["reader, operator, admin"]);
}
