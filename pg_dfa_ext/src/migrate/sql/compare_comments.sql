-- Which of the comments $3 on the columns $2 (null: the table itself) of the tables $1 (oids) are not there: their numbers.
select number::integer
from unnest($1, $2, $3) with ordinality as wanted (relation, attname, comment, number)
     left join pg_attribute on attrelid = relation and pg_attribute.attname = wanted.attname and not attisdropped
where comment is distinct from case when wanted.attname is null then obj_description(relation, 'pg_class')
                                    else col_description(relation, attnum) end
order by number
