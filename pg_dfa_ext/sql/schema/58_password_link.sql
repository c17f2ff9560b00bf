-- Links by which a person chooses a password, once: made by an admin, known here by the hash of a token that only the link
-- has. A dump leaves them out.
create table dfa.password_link (
    user_name  text not null primary key references dfa.user_account on update cascade on delete cascade,
    token_hash bytea not null unique check (length(token_hash) = 32),
    made_at    timestamptz not null default clock_timestamp(),
    made_by    text not null default coalesce(dfa.person(), dfa.session_role()),
    ends_at    timestamptz not null
);
comment on table dfa.password_link is 'Links by which people choose a password, one for each of them, each good once';
comment on column dfa.password_link.user_name is 'Whose password it gives';
comment on column dfa.password_link.token_hash is 'SHA-256 of the token in the link';
comment on column dfa.password_link.made_at is 'When it was made';
comment on column dfa.password_link.made_by is 'Who made it';
comment on column dfa.password_link.ends_at is 'Until when it is good';

create function dfa.add_password_link(user_name text, token_hash bytea, valid interval default '1 day') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if token_hash is null or length(token_hash) <> 32 then
        raise exception using errcode = '22023', message = 'a link is known by the SHA-256 of its token',
            hint = 'The pages of the service make it: Admin, People.';
    end if;
    if valid is null or valid <= '0' or valid > '30 days' then
        raise exception using errcode = '22023', message = format('a link is not good for %s', coalesce(valid::text, 'null')),
            hint = 'Give some time of at most 30 days.';
    end if;
    if not exists (select from dfa.user_account as known where known.user_name = add_password_link.user_name) then
        raise exception using errcode = '42704', message = format('user %L is not known', add_password_link.user_name),
            hint = 'dfa user list has all.';
    end if;
    insert into dfa.password_link as known (user_name, token_hash, ends_at)
    values (add_password_link.user_name, add_password_link.token_hash, clock_timestamp() + valid)
    on conflict on constraint password_link_pkey do update
    set token_hash = excluded.token_hash, ends_at = excluded.ends_at, made_at = excluded.made_at, made_by = excluded.made_by;
end
$$;
comment on function dfa.add_password_link is
'Makes a link by which a user chooses a password, once, known by the SHA-256 of its token; an earlier one of the user is of no use any more. valid: how long it is good, a day unless said otherwise.';
grant execute on function dfa.add_password_link to dfa_admin;

-- Two who come with one link at once: the second finds no row.
create function dfa.use_password_link(token_hash bytea, password_hash text) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    whose text;
begin
    delete from dfa.password_link as known
    where known.token_hash = use_password_link.token_hash and known.ends_at > clock_timestamp()
    returning known.user_name into whose;
    if found then
        perform dfa.set_password(whose, use_password_link.password_hash);
    end if;
    return whose;
end
$$;
comment on function dfa.use_password_link is
'For the service: gives the user of the link with this SHA-256 the password with this argon2id hash, and returns who that is; the link is used up. Null: no link, or it has ended.';
grant execute on function dfa.use_password_link to dfa_admin;
