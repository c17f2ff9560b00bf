-- What is in schema $1, or depends on something in it from outside, and is not of the catalog.
with own as (
    select name from dfa.catalog where current
    union all
    select 'ctr_' || relname from pg_class where relnamespace = 'dfa'::regnamespace
),
inside as (
    select pg_class.oid, relname, relkind
    from pg_class
    where relnamespace = to_regnamespace(quote_ident($1)) and relkind in ('r', 'p', 'v', 'm', 'f')
)
select format('%s %I.%I is not of the catalog', case relkind when 'v' then 'view' when 'm' then 'materialized view'
                                                             else 'table' end, $1, relname)
from inside
where relname not in (select name from own)
  and not exists (select from pg_inherits where inhrelid = inside.oid)
union all
select distinct format('view %s depends on %I.%I', rule.ev_class::regclass, $1, inside.relname)
from inside
     join pg_depend as depend on depend.refclassid = 'pg_class'::regclass and depend.refobjid = inside.oid
                             and depend.classid = 'pg_rewrite'::regclass
     join pg_rewrite as rule on rule.oid = depend.objid
     join pg_class as outside on outside.oid = rule.ev_class
where outside.relnamespace <> to_regnamespace(quote_ident($1))
union all
select format('foreign key %I of %s refers to %I.%I', conname, conrelid::regclass, $1, inside.relname)
from inside
     join pg_constraint on confrelid = inside.oid and contype = 'f'
     join pg_class as outside on outside.oid = conrelid
where outside.relnamespace <> to_regnamespace(quote_ident($1))
