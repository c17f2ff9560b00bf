//! A step has the rights of the role that submitted it, and no more, in whosever session it runs.

use crate::ended;
use dfa_tests::{Service, Session};

const CATALOG: &str = "
ai_t:
  create: {features: {id: text, y: numeric}}
  update:
    p:
      function: abc_class
      load: {statement: \"select id, y from public.given\"}
      save: {statement: \"insert into {ai_schema_name}.ai_t select current_user || ' ' || id, y from ({function_value}) as f (id, y)\"}
";

/// Roles `clerk`, who submits, and `front`, as whom the service signs in.
fn set_up(member: bool) -> Session {
    let mut session = Session::with(CATALOG);
    session.run(
        "do $$ begin create role clerk login; exception when duplicate_object then null; end $$;
         do $$ begin create role front login; exception when duplicate_object then null; end $$;
         do $$ begin create role front_of_clerk login; exception when duplicate_object then null; end $$;
         grant dfa_operator to clerk, front, front_of_clerk; grant clerk to front_of_clerk;
         grant usage on schema ai to clerk; grant all on ai.ai_t to clerk;
         create table public.secret as select 'secret' as id;
         create view public.given as select 'a' as id, 1 as y; grant select on public.given to clerk",
    );
    session.run(&format!("grant select on public.secret to {}", role(member)));
    session
}

fn role(member: bool) -> &'static str {
    if member {
        "front_of_clerk"
    } else {
        "front"
    }
}

#[test]
fn it_runs_as_its_submitter_and_cannot_become_the_service() {
    let mut session = set_up(true);
    let _service =
        Service::start_with(&session.database, &[("PGUSER", role(true)), ("DB_USER", role(true))], &[]);
    let mut clerk = session.another_as("clerk");
    let id = clerk.value("select dfa.submit('data', 'ai_t', '{2021-01-02}')");
    assert_eq!(ended(&mut clerk, &id), "0", "{:?}", clerk.rows("select message from dfa.task_step"));
    assert_eq!(session.value("select id from ai.ai_t"), "clerk a");
    // SQL that somebody put in the way would read what the service may read.
    for attempt in [
        "perform set_config('role', 'none', true)",
        "execute 'reset role'",
        "execute 'set role front_of_clerk'",
        "execute 'set session authorization default'",
    ] {
        session.run(&format!(
            "create or replace function public.climb() returns text language plpgsql as
             $$ begin {attempt}; return (select id from public.secret); end $$;
             create or replace view public.given with (security_barrier) as select public.climb() as id, 1 as y;
             alter view public.given owner to clerk"
        ));
        let id = clerk.value("select dfa.submit('data', 'ai_t', '{2021-01-02}', 'rerun')");
        assert_eq!(ended(&mut clerk, &id), "1", "{attempt}");
        let error = session.value("select error ->> 'sqlstate' from dfa.task_step order by id desc limit 1");
        assert!(["42501", "25001"].contains(&error.as_str()), "{attempt}: {error}");
    }
    assert_eq!(session.value("select count(*) from ai.ai_t"), "1");
}

#[test]
fn a_service_takes_no_step_of_a_role_that_it_is_no_member_of() {
    let mut session = set_up(false);
    let _service =
        Service::start_with(&session.database, &[("PGUSER", role(false)), ("DB_USER", role(false))], &[]);
    let mut clerk = session.another_as("clerk");
    let id = clerk.value("select dfa.submit('data', 'ai_t', '{2021-01-02}')");
    session.until("exists (select from dfa.task_step where by_front)");
    let mut front = session.another_as("front");
    assert_eq!(front.rows("select * from dfa.claim_dataframe_step()"), [""; 0]);
    let step = session.value("select id from dfa.task_step");
    for call in [
        "hold_dataframe_step({}, now())",
        "begin_dataframe_step({})",
        "fail_dataframe_step({}, null, null)",
        "end_dataframe_step({})",
    ] {
        let refusal = front.refused(&format!("select dfa.{}", call.replace("{}", &step)));
        assert_eq!(refusal.sqlstate, "42501", "{call}: {refusal}");
    }
    assert_eq!(session.value(&format!("select status from dfa.process_status('{id}')")), "2");
}
