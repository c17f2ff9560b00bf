-- The objects with these catalogs and oids, and whatever depends on them, at any distance.
with recursive held (classid, objid) as (
    select * from unnest($1::oid[], $2::oid[])
    union
    select case when rule.oid is null then dependant.classid else 'pg_class'::regclass end, coalesce(rule.ev_class, dependant.objid)
    from held
         join pg_depend as dependant on dependant.refclassid = held.classid and dependant.refobjid = held.objid
         left join pg_rewrite as rule on dependant.classid = 'pg_rewrite'::regclass and rule.oid = dependant.objid
)
select classid, objid from held
