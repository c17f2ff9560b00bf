-- The people who sign in to the service: who, what they may do, and a hash of the password, which never comes here.
create type dfa.user_role as enum ('viewer', 'operator', 'admin');

create table dfa.user_account (
    user_name           text primary key check (user_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'),
    password_hash       text not null check (password_hash like '$argon2id$%'),
    role                dfa.user_role not null default 'viewer',
    active_flg          dfa.flag not null default 'Y',
    created_at          timestamptz not null default clock_timestamp(),
    created_by          text not null default session_user,
    password_changed_at timestamptz not null default clock_timestamp()
);
select pg_catalog.pg_extension_config_dump('dfa.user_account', '');

-- Adds a user, or with replace gives one who is there another password and role. True if the user is new.
create function dfa.add_user(user_name text, password_hash text, role dfa.user_role default 'viewer', replace boolean default false)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if user_name is null or user_name !~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$' then
        raise exception using errcode = '22023', message = format('%L is no name of a user', user_name),
            detail = 'A name has 1 to 63 letters, digits, dots, @, - or _ of ASCII and begins with a letter or digit.',
            hint = 'An address of e-mail will do.';
    end if;
    if password_hash is null or password_hash not like '$argon2id$%' then
        raise exception using errcode = '22023', message = 'the password of a user is kept as a hash of argon2id',
            hint = 'Call dfa user add, which makes it.';
    end if;
    insert into dfa.user_account (user_name, password_hash, role)
    values (add_user.user_name, add_user.password_hash, add_user.role)
    on conflict do nothing;
    if found then
        return true;
    end if;
    if not coalesce(replace, false) then
        raise exception using errcode = '42710', message = format('user %L is there already', add_user.user_name),
            hint = 'Give another name; or replace => true, for another password and role.';
    end if;
    update dfa.user_account as known
    set password_hash = add_user.password_hash, role = add_user.role, active_flg = 'Y',
        password_changed_at = clock_timestamp()
    where known.user_name = add_user.user_name;
    return false;
end
$$;

create function dfa.set_password(user_name text, password_hash text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if password_hash is null or password_hash not like '$argon2id$%' then
        raise exception using errcode = '22023', message = 'the password of a user is kept as a hash of argon2id',
            hint = 'Call dfa user passwd, which makes it.';
    end if;
    update dfa.user_account as known
    set password_hash = set_password.password_hash, password_changed_at = clock_timestamp()
    where known.user_name = set_password.user_name;
    if not found then
        raise exception using errcode = '42704', message = format('user %L is not known', set_password.user_name),
            hint = 'dfa user list has all.';
    end if;
end
$$;

create function dfa.set_role(user_name text, role dfa.user_role) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if role is null then
        raise exception using errcode = '22004', message = 'role is null', hint = 'Give viewer, operator or admin.';
    end if;
    update dfa.user_account as known set role = set_role.role where known.user_name = set_role.user_name;
    if not found then
        raise exception using errcode = '42704', message = format('user %L is not known', set_role.user_name),
            hint = 'dfa user list has all.';
    end if;
end
$$;

create function dfa.remove_user(user_name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    delete from dfa.user_account as known where known.user_name = remove_user.user_name;
    if not found then
        raise exception using errcode = '42704', message = format('user %L is not known', remove_user.user_name),
            hint = 'dfa user list has all.';
    end if;
end
$$;

comment on function dfa.add_user is
'Adds a user of the service by name, argon2id hash of the password (dfa user add makes it) and role: viewer, operator or admin. replace => true gives one who is there another password and role. True if the user is new.';
grant execute on function dfa.add_user to dfa_admin;

comment on function dfa.set_password is
'Gives a user of the service another password, by its argon2id hash (dfa user passwd makes it).';
grant execute on function dfa.set_password to dfa_admin;

comment on function dfa.set_role is
'Gives a user of the service another role: viewer, operator or admin. It holds from the next request on.';
grant execute on function dfa.set_role to dfa_admin;

comment on function dfa.remove_user is
'Removes a user of the service.';
grant execute on function dfa.remove_user to dfa_admin;
