-- Refused rows of task $5 by position ($1 is no other) and id from ($2, $3) on, $4 rows. Index rejected_row_task serves it.
select json_build_object(
           'position', position, 'table_name', table_name, 'column', column_name, 'reason', reason, 'row', row,
           'rejected_at', rejected_at
       )::text as row, lpad(position::text, 20, '0') as sort_key, id::text as name
from dfa.rejected_row
where process_id = $5 and $1::text is not null
  and ($3::text is null or (position, id) {beyond} ($2::text::bigint, $3::bigint))
order by position {direction}, id {direction}
limit $4
