-- Files by the time of their note ($1 is no other) and table with path and version from ($2, $3) on, $4 of them; of table $5, in
-- state $6. Index file_recent serves it.
select json_build_object(
           'table', table_name, 'path', path, 'state', state, 'size', size, 'modified_at', modified_at, 'checksum', checksum,
           'rows', rows, 'refused_rows', refused_rows, 'message', message, 'process_id', process_id, 'noted_at', noted_at
       )::text as row,
       to_char(noted_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, concat_ws('/', table_name, path, version) as name
from dfa.file
where $1::text is not null
  and ($3::text is null or (noted_at, concat_ws('/', table_name, path, version)) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text))
  and ($5::text is null or table_name = $5)
  and ($6::text is null or state = $6)
  and dfa.key_covers(table_name)
order by noted_at {direction}, concat_ws('/', table_name, path, version) {direction}
limit $4
