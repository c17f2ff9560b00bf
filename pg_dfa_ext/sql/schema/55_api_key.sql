-- Keys of the service beside that of its environment: whose rights they have, on what, until when. A key itself is shown once
-- and kept as a hash: it is 244 random bits, which nobody finds by trying, so a fast hash will do.
create type dfa.key_role as enum ('reader', 'operator', 'admin');

create table dfa.api_key_secret (
    key_name     text primary key check (key_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,39}$'),
    key_hash     bytea not null unique,
    role         dfa.key_role not null,
    patterns     text[] check (patterns <> '{}'),
    expires_at   timestamptz,
    created_at   timestamptz not null default clock_timestamp(),
    created_by   text not null default dfa.session_role(),
    revoked_at   timestamptz,
    revoked_by   text,
    last_used_at timestamptz
);
select pg_catalog.pg_extension_config_dump('dfa.api_key_secret', '');
comment on table dfa.api_key_secret is 'Keys of the service with their hashes; dfa.api_key shows them without';
comment on column dfa.api_key_secret.key_name is 'What logs and the audit call the key';
comment on column dfa.api_key_secret.key_hash is 'SHA-256 of the key';
comment on column dfa.api_key_secret.role is 'Whose rights it has: reader, operator or admin';
comment on column dfa.api_key_secret.patterns is 'Tables, pipelines and sources that it is for, * for any part of a name; null: all';
comment on column dfa.api_key_secret.expires_at is 'Until when it is good; null: until it is revoked';
comment on column dfa.api_key_secret.created_at is 'When it was made';
comment on column dfa.api_key_secret.created_by is 'Role that made it';
comment on column dfa.api_key_secret.revoked_at is 'When it was revoked';
comment on column dfa.api_key_secret.revoked_by is 'Role that revoked it';
comment on column dfa.api_key_secret.last_used_at is 'When it was last used, to the minute';
comment on type dfa.key_role is 'Whose rights a key of the service has';

create view dfa.api_key as
select key_name, role, patterns, expires_at, created_at, created_by, revoked_at, revoked_by, last_used_at,
       case when revoked_at is not null then 'revoked'
            when expires_at <= clock_timestamp() then 'expired'
            else 'active' end as state
from dfa.api_key_secret;
comment on view dfa.api_key is 'The keys of the service, without their hashes';
comment on column dfa.api_key.key_name is 'What logs and the audit call the key';
comment on column dfa.api_key.role is 'Whose rights it has: reader, operator or admin';
comment on column dfa.api_key.patterns is 'Tables, pipelines and sources that it is for, * for any part of a name; null: all';
comment on column dfa.api_key.expires_at is 'Until when it is good; null: until it is revoked';
comment on column dfa.api_key.created_at is 'When it was made';
comment on column dfa.api_key.created_by is 'Role that made it';
comment on column dfa.api_key.revoked_at is 'When it was revoked';
comment on column dfa.api_key.revoked_by is 'Role that revoked it';
comment on column dfa.api_key.last_used_at is 'When it was last used, to the minute';
comment on column dfa.api_key.state is 'active, expired or revoked';

create function dfa.name_fits(name text, pattern text) returns boolean
language sql immutable strict parallel safe
return name like replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%');
comment on function dfa.name_fits is
'Whether a name fits a pattern, in which * stands for any part of a name and nothing else has a meaning';
grant execute on function dfa.name_fits to dfa_reader;

create function dfa.key_covers(name text) returns boolean
language sql stable parallel safe
return coalesce(current_setting('dfa.key_patterns', true), '') = ''
    or exists (select from string_to_table(current_setting('dfa.key_patterns', true), ',') as pattern
               where dfa.name_fits(name, pattern));
comment on function dfa.key_covers is
'Whether the key of this request, by dfa.key_patterns, is for this table, pipeline or source. Without patterns it is for all.';
grant execute on function dfa.key_covers to dfa_reader;

-- Makes a key and returns it, once.
create function dfa.add_key(name text, role dfa.key_role default 'reader', patterns text[] default null, expires timestamptz default null)
returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    secret constant text := 'dfa_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    pattern text;
begin
    if name is null or name !~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,39}$' then
        raise exception using errcode = '22023', message = format('%L is no name of a key', name),
            detail = 'A name has 1 to 40 letters, digits, dots, @, - or _ of ASCII and begins with a letter or digit.',
            hint = 'Name the system that will use it, such as erp.';
    end if;
    if role is null then
        raise exception using errcode = '22004', message = 'role is null', hint = 'Give reader, operator or admin.';
    end if;
    if patterns = '{}' then
        raise exception using errcode = '22023', message = 'a key for nothing is no key',
            hint = 'Give patterns such as src_*, or leave them out for a key that is for all.';
    end if;
    if role = 'admin' and patterns is not null then
        raise exception using errcode = '22023', message = 'a key of an admin is for everything',
            detail = 'Whoever loads catalogs can have any SQL run.',
            hint = 'Leave patterns out, or make it a key of an operator.';
    end if;
    foreach pattern in array coalesce(patterns, '{}') loop
        if pattern is null or btrim(pattern) <> pattern or pattern = '' or pattern ~ '[,[:cntrl:]]' then
            raise exception using errcode = '22023', message = format('%L is no pattern of names', pattern),
                hint = 'Give each one by itself: a name, or a part of one with * for the rest, such as src_*.';
        end if;
        if not exists (select from dfa.catalog as known
                       where known.current and known.kind in ('table', 'pipeline') and dfa.name_fits(known.name, pattern))
           and not exists (select from dfa.task_schedule as known where dfa.name_fits(known.pipeline_id, pattern)) then
            raise warning using message = format('pattern %L fits no table, pipeline or source so far', pattern);
        end if;
    end loop;
    if expires <= clock_timestamp() then
        raise exception using errcode = '22023', message = format('%s has passed already', expires),
            hint = 'Give a time to come, or leave expires out for a key that is good until it is revoked.';
    end if;
    insert into dfa.api_key_secret (key_name, key_hash, role, patterns, expires_at)
    values (name, sha256(convert_to(secret, 'UTF8')), add_key.role, add_key.patterns, expires)
    on conflict (key_name) do nothing;
    if not found then
        raise exception using errcode = '55000', message = format('there is a key %L already', name),
            hint = 'Give another name: that of a key that was revoked stays in the audit, and is not used again.';
    end if;
    return secret;
end
$$;
comment on function dfa.add_key is
'Makes a key of the service with the rights of role (reader, operator, admin) and returns it; nobody can see it again. patterns: the tables, pipelines and sources that it is for (src_*), default all. expires: until when it is good.';
grant execute on function dfa.add_key to dfa_admin;

create function dfa.revoke_key(name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    update dfa.api_key_secret as known
    set revoked_at = clock_timestamp(), revoked_by = dfa.session_role()
    where known.key_name = revoke_key.name and known.revoked_at is null;
    if found then
        return;
    end if;
    if exists (select from dfa.api_key_secret as known where known.key_name = revoke_key.name) then
        raise exception using errcode = '55000', message = format('key %L was revoked before', revoke_key.name);
    end if;
    raise exception using errcode = 'DF002', message = format('key %L is not known', revoke_key.name),
        hint = 'SELECT * FROM dfa.api_key; lists all.';
end
$$;
comment on function dfa.revoke_key is 'Revokes a key of the service: from now on it opens nothing.';
grant execute on function dfa.revoke_key to dfa_admin;

-- What a request with this key may do; no row: no key has this hash. Says the minute of its use.
create function dfa.use_key(key_hash bytea, out key_name text, out role text, out patterns text, out refusal text)
returns setof record
language plpgsql set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select known.key_name, known.role::text, array_to_string(known.patterns, ','),
           case when known.revoked_at is not null then format('key %L was revoked', known.key_name)
                when known.expires_at <= clock_timestamp()
                    then format('key %L has expired on %s', known.key_name, to_char(known.expires_at, 'YYYY-MM-DD HH24:MI TZ'))
           end
    from dfa.api_key_secret as known
    where known.key_hash = use_key.key_hash;
    -- A minute is exact enough, and a write for each request is not: nor does one wait for another's.
    if found and not pg_is_in_recovery() then
        update dfa.api_key_secret as known
        set last_used_at = clock_timestamp()
        where known.key_name in (
            select old.key_name from dfa.api_key_secret as old
            where old.key_hash = use_key.key_hash and old.revoked_at is null
              and coalesce(old.last_used_at, '-infinity') < clock_timestamp() - interval '1 minute'
            for update skip locked
        );
    end if;
end
$$;
comment on function dfa.use_key is
'For the front service: the key with this SHA-256, its role and patterns (by commas), and why it is refused, if it is.';
grant execute on function dfa.use_key to dfa_admin;
