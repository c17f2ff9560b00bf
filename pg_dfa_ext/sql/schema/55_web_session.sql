-- Who is signed in to the pages of the service. A session is known by the hash of a token that only the browser has, so
-- that whoever reads this table, or a dump of the database, is signed in to nothing; dumps leave it out altogether.
create sequence dfa.web_session_id_seq;
create table dfa.web_session (
    id         bigint not null default nextval('dfa.web_session_id_seq') primary key,
    token_hash bytea not null unique check (length(token_hash) = 32),
    user_name  text not null references dfa.user_account on update cascade on delete cascade,
    created_at timestamptz not null default clock_timestamp(),
    seen_at    timestamptz not null default clock_timestamp(),
    idle       interval not null check (idle > interval '0'),
    ends_at    timestamptz not null,
    address    inet,
    agent      text
);
create index web_session_user on dfa.web_session (user_name, seen_at desc);
create index web_session_ends on dfa.web_session (ends_at);

-- Whatever door a password is changed by, nobody stays signed in by the old one.
create function dfa.end_web_sessions() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    delete from dfa.web_session where user_name = new.user_name;
    return null;
end
$$;
create trigger end_web_sessions after update on dfa.user_account
    for each row when (old.password_hash is distinct from new.password_hash)
    execute function dfa.end_web_sessions();
comment on function dfa.end_web_sessions is
'Trigger of dfa.user_account: another password ends the sessions of its user.';
grant execute on function dfa.end_web_sessions to dfa_admin;

comment on table dfa.web_session is 'Who is signed in to the pages of the service; a row that is deleted is signed out';
comment on column dfa.web_session.id is 'Number of the session';
comment on column dfa.web_session.token_hash is 'SHA-256 of the token that the browser has in its cookie';
comment on column dfa.web_session.user_name is 'Who is signed in';
comment on column dfa.web_session.created_at is 'When he signed in';
comment on column dfa.web_session.seen_at is 'His last request, to the minute';
comment on column dfa.web_session.idle is 'How long after his last request it ends';
comment on column dfa.web_session.ends_at is 'When it ends in any case';
comment on column dfa.web_session.address is 'Where he signed in from';
comment on column dfa.web_session.agent is 'The program that he signed in with, as it calls itself';
