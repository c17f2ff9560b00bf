-- The tables, and materialized views, behind the views and the tables with partitions or children $1 (oids), at any depth.
with recursive relation (oid) as (
    select given.oid::oid from unnest($1) as given (oid)
    union
    select next.oid
    from relation
         join lateral (
             select inhrelid as oid from pg_inherits where inhparent = relation.oid
             union
             select depend.refobjid
             from pg_rewrite as rule
                  join pg_depend as depend on depend.classid = 'pg_rewrite'::regclass and depend.objid = rule.oid
             where rule.ev_class = relation.oid and depend.refclassid = 'pg_class'::regclass
               and depend.refobjid <> relation.oid
         ) as next on true
)
select oid from pg_class join relation using (oid) where relkind in ('r', 'p', 'm')
