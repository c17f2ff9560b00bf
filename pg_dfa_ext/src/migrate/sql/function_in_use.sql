-- What depends on function $1 (an oid) and is neither a view nor a function: as people write it.
select distinct pg_describe_object(classid, objid, objsubid)
from pg_depend
where refclassid = 'pg_proc'::regclass and refobjid = $1 and deptype = 'n'
  and classid not in ('pg_rewrite'::regclass, 'pg_proc'::regclass)
order by 1
