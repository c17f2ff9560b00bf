//! `dfa user`

use dfa_tests::{dfa, dfa_fed, Cluster};

#[test]
fn a_user_is_added_once_and_replaced_when_asked() {
    let database = Cluster::shared().database("cli_user");
    let add = |words: &[&str], password: &str| {
        dfa_fed(&database, &[&["--json", "user", "add"], words].concat(), &format!("{password}\n"))
    };
    let added = add(&["anna@example.org", "--role", "operator"], "correct horse").assert_success().json();
    assert_eq!(added["message"], "Success: User 'anna@example.org' is added as operator");
    let refused = add(&["anna@example.org"], "correct horse");
    assert_eq!((refused.code, &refused.json()["sqlstate"]), (1, &"42710".into()));
    let hash = || -> String {
        database.connect().query_one("select password_hash from dfa.user_account", &[]).unwrap().get(0)
    };
    let first = hash();
    assert!(first.starts_with("$argon2id$") && !first.contains("horse"), "{first}");
    let replaced =
        add(&["anna@example.org", "--role", "admin", "--replace"], "battery staple").assert_success().json();
    assert_eq!((&replaced["new"], &replaced["role"]), (&false.into(), &"admin".into()));
    assert_ne!(hash(), first);
}

#[test]
fn what_is_no_password_no_name_and_no_role_is_told() {
    let database = Cluster::shared().database("cli_user_wrong");
    dfa_fed(&database, &["user", "add", "anna"], "short\n")
        .assert_failure(2, &["a password has at least 8 characters"]);
    dfa_fed(&database, &["user", "add", "anna"], "").assert_failure(2, &["a password has at least"]);
    dfa_fed(&database, &["user", "add", "a b"], "correct horse\n")
        .assert_failure(1, &["'a b' is no name of a user", "HINT"]);
    dfa_fed(&database, &["user", "add", "anna", "--role", "king"], "correct horse\n")
        .assert_failure(2, &["viewer, operator, admin"]);
    let users: i64 =
        database.connect().query_one("select count(*) from dfa.user_account", &[]).unwrap().get(0);
    assert_eq!(users, 0);
}

#[test]
fn users_are_listed_get_another_password_and_go() {
    let database = Cluster::shared().database("cli_user_list");
    assert_eq!(dfa(&database, &["user", "list"]).assert_success().stdout, "(no users)\n");
    dfa_fed(&database, &["user", "add", "anna", "--role", "admin"], "correct horse\n").assert_success();
    let hash = || -> String {
        database.connect().query_one("select password_hash from dfa.user_account", &[]).unwrap().get(0)
    };
    let first = hash();
    dfa_fed(&database, &["user", "passwd", "anna"], "battery staple\n").assert_success();
    assert_ne!(hash(), first);
    let list = dfa(&database, &["--json", "user", "list"]).assert_success().json();
    assert_eq!(
        (&list[0]["user"], &list[0]["role"], &list[0]["active"]),
        (&"anna".into(), &"admin".into(), &"Y".into())
    );
    assert!(!list.to_string().contains("argon2"), "{list}");
    dfa_fed(&database, &["user", "passwd", "ben"], "battery staple\n")
        .assert_failure(1, &["user 'ben' is not known"]);
    dfa(&database, &["user", "remove", "anna"]).assert_success();
    dfa(&database, &["user", "remove", "anna"]).assert_failure(1, &["user 'anna' is not known", "42704"]);
}

#[test]
fn readers_and_operators_do_not_see_the_hashes() {
    let database = Cluster::shared().database("cli_user_rights");
    for role in ["dfa_reader", "dfa_operator"] {
        let mut client = database.connect();
        client.batch_execute(&format!("set role {role}")).unwrap();
        let error = client.query("select * from dfa.user_account", &[]).unwrap_err();
        assert_eq!(error.code().map(|code| code.code()), Some("42501"), "{error}");
    }
}

#[test]
fn a_result_that_is_not_as_promised_is_a_fault_with_its_column_and_no_crash() {
    let database = Cluster::shared().database("cli_user_fault");
    database
        .connect()
        .batch_execute(
            "create or replace function dfa.add_user(user_name text, password_hash text,
                 role dfa.user_role default 'viewer', replace boolean default false)
             returns boolean language sql as 'select null::boolean'",
        )
        .unwrap();
    let words = ["column \"is_new\"", "NULL", "XX000"];
    dfa_fed(&database, &["user", "add", "anna"], "correct horse\n").assert_failure(1, &words);
}
