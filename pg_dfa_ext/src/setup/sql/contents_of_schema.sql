-- What goes with schema $1: kind, name and oid of each table, view and function in it; partitions go with their table.
select kind, name, oid
from (select case relkind when 'v' then 'view' when 'm' then 'view' else 'table' end, relname::text, oid
      from pg_class
      where relnamespace = to_regnamespace(quote_ident($1)) and relkind in ('r', 'p', 'f', 'v', 'm') and not relispartition
        and (relkind <> 'v' or relname not in (select 'ctr_' || relname from pg_class where relnamespace = 'dfa'::regnamespace))
      union all
      select 'function', proname::text, oid from pg_proc where pronamespace = to_regnamespace(quote_ident($1))) as object (kind, name, oid)
order by array_position(array['table', 'view', 'function'], kind), name
