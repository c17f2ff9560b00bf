-- What depends on relation $1 (an oid or null) by its columns $2 (names; null: by anything) or its constraints $3 (names), or on
-- function $4 (an oid or null), also
-- by way of others, those first that must go first: kind (view, materialized view, function, procedure; other), schema,
-- name, oid, as people write it.
with recursive target as (
    select $1 as oid union select relid from pg_partition_tree($1)
),
used (refclassid, refobjid, refobjsubid) as (
    select 'pg_class'::regclass::oid, attrelid, attnum::integer from target join pg_attribute on attrelid = oid
    where attname = any($2)
    union
    select 'pg_constraint'::regclass::oid, pg_constraint.oid, 0
    from target join pg_constraint on conrelid = target.oid
    where $2 is null or conname = any($3)
    union
    select 'pg_class'::regclass::oid, target.oid, null from target where $2 is null
    union
    select 'pg_type'::regclass::oid, pg_type.oid, 0 from target join pg_type on typrelid = target.oid where $2 is null
    union all
    select 'pg_proc'::regclass::oid, $4::oid, 0 where $4 is not null
),
direct as (
    select depend.*
    from used join pg_depend as depend
              on depend.refclassid = used.refclassid and depend.refobjid = used.refobjid
             and (used.refobjsubid is null or depend.refobjsubid = used.refobjsubid)
    where deptype = 'n' and classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass)
),
chain (classid, objid, depth) as (
    select case when ev_class is null then classid else 'pg_class'::regclass end, coalesce(ev_class, objid), 1
    from direct left join pg_rewrite on classid = 'pg_rewrite'::regclass and pg_rewrite.oid = objid
    union
    select case when ev_class is null then depend.classid else 'pg_class'::regclass end,
           coalesce(ev_class, depend.objid), chain.depth + 1
    from chain
         join pg_depend as depend
              on depend.deptype = 'n'
             and ((depend.refclassid = chain.classid and depend.refobjid = chain.objid)
                  or (chain.classid = 'pg_class'::regclass and depend.refclassid = 'pg_type'::regclass
                      and depend.refobjid = (select reltype from pg_class where pg_class.oid = chain.objid)))
         left join pg_rewrite on depend.classid = 'pg_rewrite'::regclass and pg_rewrite.oid = depend.objid
    where (coalesce(ev_class, depend.objid)) <> chain.objid
),
found as (
    -- Rules of the table itself are told by pg_dfa_ext/src/migrate/sql/column_in_use.sql.
    select classid, objid, max(depth) as depth from chain
    where not (classid = 'pg_class'::regclass and exists (select from target where target.oid = objid))
    group by classid, objid
)
select case when relkind = 'v' then 'view' when relkind = 'm' then 'materialized view'
            when prokind = 'p' then 'procedure' when prokind is not null then 'function' else 'other' end as kind,
       coalesce(nspname, '')::text as schema_name, coalesce(relname, proname, '')::text as name, objid as oid,
       pg_describe_object(classid, objid, 0) as description
from found
     left join pg_class on classid = 'pg_class'::regclass and pg_class.oid = objid
     left join pg_proc on classid = 'pg_proc'::regclass and pg_proc.oid = objid
     left join pg_namespace on pg_namespace.oid = coalesce(relnamespace, pronamespace)
order by depth desc, objid
