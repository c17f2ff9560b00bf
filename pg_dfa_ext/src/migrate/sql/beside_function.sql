-- What function $1 (an oid) has that its definition does not say: statements that give back its owner, rights and
-- comment, once it is made again.
with routine as (
    select pg_proc.*, case prokind when 'p' then 'procedure' else 'function' end as kind, oid::regprocedure::text as called
    from pg_proc where oid = $1
),
statement (number, text) as (
    select 9, format('alter %s %s owner to %I', kind, called, proowner::regrole::text)
    from routine where proowner <> current_user::regrole
    union all
    select 2, format('revoke all on %s %s from public', kind, called) from routine where proacl is not null
    union all
    select 3, format('grant execute on %s %s to %s%s', kind, called,
                     case grantee when 0 then 'public' else grantee::regrole::text end,
                     case when is_grantable then ' with grant option' else '' end)
    from routine, lateral aclexplode(proacl) where grantee <> proowner
    union all
    select 4, format('comment on %s %s is %L', kind, called, description)
    from routine join pg_description on classoid = 'pg_proc'::regclass and objoid = routine.oid
)
select text from statement order by number, text
