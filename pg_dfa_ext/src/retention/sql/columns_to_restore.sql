-- How the columns of table $1 (an oid) are filled again from its backup $2 (an oid): column, value. A generated column fills
-- itself. A column of the backup alone is a row without the first.
select quote_ident(own.attname) as column_name,
       case when own.attnotnull and given.value is not null
            then format('coalesce(%I, %s)', own.attname, given.value) else quote_ident(own.attname) end as value
from pg_attribute as own
     join pg_attribute as there on there.attrelid = $2 and there.attname = own.attname and not there.attisdropped
     left join lateral (select pg_get_expr(adbin, adrelid) from pg_attrdef
                        where adrelid = own.attrelid and adnum = own.attnum) as given (value) on true
where own.attrelid = $1 and own.attnum > 0 and not own.attisdropped and own.attgenerated = ''
union all
select null, quote_ident(there.attname)
from pg_attribute as there
where there.attrelid = $2 and there.attnum > 0 and not there.attisdropped
  and not exists (select from pg_attribute as own
                  where own.attrelid = $1 and own.attname = there.attname and not own.attisdropped)
