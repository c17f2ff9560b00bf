-- What table $1 (an oid) has that a table made anew in its place, partitioned by columns $2 (null: not at all), could not have
-- or would silently not have: as people write it.
with part as (
    select class.*, class.oid::regclass as called
    from pg_partition_tree($1) as tree join pg_class as class on class.oid = tree.relid
    where tree.relid <> $1
),
root as (
    select class.*, class.oid::regclass as called from pg_class as class where oid = $1
),
either as (
    select * from root union all select * from part
)
select format('row level security of table %s', called)
from either
where relrowsecurity or relforcerowsecurity or exists (select from pg_policy where polrelid = either.oid)
union all
select format('table %s, which inherits from it', inhrelid::regclass)
from pg_inherits join pg_class on oid = inhrelid where inhparent = $1 and not relispartition
union all
select format('table %s, from which it inherits', inhparent::regclass) from pg_inherits where inhrelid = $1
union all
select format('column %I of %s, which is of its row type', attname, attrelid::regclass)
from root join pg_type on pg_type.oid = reltype join pg_attribute on atttypid in (pg_type.oid, typarray)
     join pg_class as user_ on user_.oid = attrelid
where user_.relkind in ('r', 'p', 'f', 'c') and not attisdropped and attrelid <> $1
union all
select format('exclusion constraint %I of table %s', conname, conrelid::regclass)
from pg_constraint where conrelid = $1 and contype = 'x'
union all
select format('unique index %s, which does not hold the partition key', indexrelid::regclass)
from pg_index
where indrelid = $1 and indisunique and $2 is not null
  and not exists (select from pg_constraint where conindid = indexrelid)
  and obj_description(indexrelid, 'pg_class') is distinct from 'Index of the catalog'
  and not $2 <@ array(select attname::text from pg_attribute where attrelid = $1 and attnum = any(indkey))
union all
select format('trigger %I of table %s, which sees whole statements row by row', tgname, $1::regclass)
from pg_trigger
where tgrelid = $1 and not tgisinternal and tgtype & 1 = 1 and (tgoldtable is not null or tgnewtable is not null)
  and $2 is not null
union all
select format('default of column %I of table %s, which counts by sequence %s', attname, attrelid::regclass, owned.objid::regclass)
from pg_depend as owned
     join pg_class as sequence on sequence.oid = owned.objid and sequence.relkind = 'S'
     join pg_depend as user_ on user_.refclassid = 'pg_class'::regclass and user_.refobjid = owned.objid
                            and user_.classid = 'pg_attrdef'::regclass
     join pg_attrdef on pg_attrdef.oid = user_.objid
     join pg_attribute on attrelid = adrelid and attnum = adnum
     join pg_class as other on other.oid = attrelid and other.relnamespace <> pg_my_temp_schema()
where owned.classid = 'pg_class'::regclass and owned.refclassid = 'pg_class'::regclass and owned.refobjid = $1
  and owned.deptype in ('a', 'i') and attrelid <> $1 and attrelid not in (select oid from part)
union all
select format('replica identity of table %s by an index', called) from either where relreplident = 'i'
union all
select format('publication %I of another owner, which has table %s', pubname, prrelid::regclass)
from pg_publication_rel join pg_publication on pg_publication.oid = prpubid
where prrelid = $1 and not pg_has_role(pubowner, 'usage')
union all
select format('publication %I, which has rows or columns of table %s, without publish_via_partition_root', pubname, prrelid::regclass)
from pg_publication_rel join pg_publication on pg_publication.oid = prpubid
where prrelid = $1 and $2 is not null and not pubviaroot and (prqual is not null or prattrs is not null)
union all
select format('storage of table %s: %s', called, what)
from either,
     lateral (values ((select 'tablespace ' || spcname from pg_tablespace where pg_tablespace.oid = reltablespace)),
                     ((select 'access method ' || amname from pg_am where pg_am.oid = relam and amname <> 'heap')),
                     (case when relpersistence = 'u' then 'unlogged' end),
                     (case when reloftype <> 0 then 'of type ' || reloftype::regtype end)) as odd (what)
where what is not null
union all
select format('security label of table %s', called)
from either join pg_seclabel on classoid = 'pg_class'::regclass and objoid = either.oid
union all
-- What was given to a partition of its own goes with it.
select format('%s of partition %s', what, called)
from part,
     lateral (values (case when reloptions <> '{}' then 'storage parameters' end),
                     ((select format('publication %I', pubname) from pg_publication_rel
                       join pg_publication on pg_publication.oid = prpubid where prrelid = part.oid limit 1)),
                     ((select format('trigger %I', tgname) from pg_trigger
                       where tgrelid = part.oid and not tgisinternal and tgparentid = 0 limit 1)),
                     ((select format('index %s', indexrelid::regclass) from pg_index
                       where indrelid = part.oid and not exists (select from pg_inherits where inhrelid = indexrelid)
                         and not exists (select from pg_constraint where conindid = indexrelid) limit 1)),
                     ((select format('statistics %I', stxname) from pg_statistic_ext where stxrelid = part.oid limit 1)),
                     (case when relacl is not null and not exists (select from pg_default_acl) then 'rights' end),
                     (case when relreplident not in ('d', 'i', (select relreplident from root)) then 'replica identity' end)) as own (what)
where what is not null
