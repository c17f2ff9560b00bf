-- What relation $1 (an oid) has that its definition does not say: statements that give it back its owner, rights,
-- options, comments, indexes, rules and triggers, once it is made again under the name $2 (quoted, with its schema). What
-- is of other columns than $3 (null: all) went with them. The owner comes last: what is theirs may be nobody else's to change.
with relation as (
    select pg_class.*, case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind
    from pg_class where oid = $1
),
given as (
    select null::name as attname, acl.*, relowner from relation, lateral aclexplode(relacl) as acl
    union all
    select attname, acl.*, relowner
    from relation join pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
                                   and ($3 is null or attname = any($3)),
         lateral aclexplode(attacl) as acl
),
own_index as (
    select indexrelid from pg_index
    where indrelid = $1 and not exists (select from pg_constraint where conindid = indexrelid)
      -- Those of the catalog come with the table.
      and obj_description(indexrelid, 'pg_class') is distinct from 'Index of the catalog'
      and not exists (select from pg_depend join pg_attribute on attrelid = refobjid and attnum = refobjsubid
                      where classid = 'pg_class'::regclass and objid = indexrelid and refclassid = 'pg_class'::regclass
                        and refobjid = $1 and refobjsubid > 0 and $3 is not null and attname <> all($3))
),
statement (number, text) as (
    select 9, format('alter %s %s owner to %I', kind, $2, relowner::regrole::text)
    from relation where relowner <> current_user::regrole
    union all
    select 2, format('revoke all on %s from public, dfa_reader, dfa_operator, dfa_admin', $2) from relation
    union all
    select 3, format('grant %s on %s to %s%s', string_agg(privilege_type, ', ' order by privilege_type), $2,
                     case grantee when 0 then 'public' else grantee::regrole::text end,
                     case when is_grantable then ' with grant option' else '' end)
    from given where grantee <> relowner and attname is null
    group by grantee, is_grantable
    union all
    select 3, format('grant %s (%I) on %s to %s%s', privilege_type, attname, $2,
                     case grantee when 0 then 'public' else grantee::regrole::text end,
                     case when is_grantable then ' with grant option' else '' end)
    from given where attname is not null
    union all
    select 4, format('alter %s %s set (%s)', kind, $2, array_to_string(reloptions, ', '))
    from relation where reloptions <> '{}' and relkind in ('v', 'm')
    union all
    select 5, format('comment on %s %s is %L', kind, $2, description)
    from relation join pg_description on classoid = 'pg_class'::regclass and objoid = relation.oid and objsubid = 0
    union all
    select 5, format('comment on column %s.%I is %L', $2, attname, description)
    from relation join pg_description on classoid = 'pg_class'::regclass and objoid = relation.oid
                  join pg_attribute on attrelid = relation.oid and attnum = objsubid and not attisdropped
    where objsubid > 0 and ($3 is null or attname = any($3))
    union all
    select 6, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') from own_index
    union all
    select 7, format('comment on index %s is %L', indexrelid::regclass, description)
    from own_index join pg_description on classoid = 'pg_class'::regclass and objoid = indexrelid and objsubid = 0
    union all
    select 7, pg_get_ruledef(pg_rewrite.oid) from pg_rewrite where ev_class = $1 and rulename <> '_RETURN'
    union all
    select 8, pg_get_triggerdef(pg_trigger.oid) from pg_trigger where tgrelid = $1 and not tgisinternal
)
select text from statement order by number, text
