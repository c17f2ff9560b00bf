-- What keeps column $2 of table $1 (an oid) from being dropped or given another type, and is neither a view nor a function
-- nor a key: as people write it; of a generated column its name. With $3, which is for a column that comes again, the indexes
-- on it that were made by hand, too.
with target as (
    select $1 as oid union select relid from pg_partition_tree($1)
),
user_ as (
    select distinct classid, objid, objsubid
    from target
         join pg_attribute on attrelid = target.oid and attname = $2 and attnum > 0
         join pg_depend on refclassid = 'pg_class'::regclass and refobjid = attrelid and refobjsubid = attnum
    where deptype in ('n', 'a')
)
select pg_describe_object(classid, objid, 0) as what, null::text as generated_column
from user_
where classid in ('pg_policy'::regclass, 'pg_publication_rel'::regclass)
   or (classid = 'pg_trigger'::regclass
       and exists (select from pg_trigger where pg_trigger.oid = objid and not tgisinternal and tgparentid = 0))
   or (classid = 'pg_rewrite'::regclass
       and exists (select from pg_rewrite where pg_rewrite.oid = objid and ev_class in (select oid from target)))
union
select format('index %s', indexrelid::regclass), null
from user_ join pg_index on classid = 'pg_class'::regclass and indexrelid = objid
where $3 and indrelid = $1 and not exists (select from pg_constraint where conindid = indexrelid)
  and obj_description(indexrelid, 'pg_class') is distinct from 'Index of the catalog'
union
select format('generated column %I of table %s', attname, attrelid::regclass), attname::text
from user_
     left join pg_attrdef on classid = 'pg_attrdef'::regclass and pg_attrdef.oid = objid
     join pg_attribute on attrelid = $1 and attgenerated <> '' and not attisdropped
                      and attrelid = coalesce(adrelid, objid) and attnum = coalesce(adnum, objsubid::smallint)
where attname <> $2 and (adrelid is not null or classid = 'pg_class'::regclass)
order by 1
