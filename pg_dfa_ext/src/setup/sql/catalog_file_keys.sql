-- The keys of all rows of file $1, in the order in which they first appear; a row of null for a file without rows.
select key
from dfa.catalog_file
     left join lateral (
         select key, min(array[row_number, position]) as first
         from json_array_elements(content) with ordinality as row (value, row_number),
              json_object_keys(row.value) with ordinality as field (key, position)
         group by key
     ) as keys on true
where path = $1
order by first
