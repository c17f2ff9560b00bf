-- The chunks of ingest $1 together: rows taken, rows refused, what there was to say, the first refusals, seconds.
select coalesce(sum(success_rows), 0)::bigint as success_rows, coalesce(sum(failed_rows), 0)::bigint as failed_rows,
       array(select format('chunk %s: %s', chunk, note) from dfa.ingest_chunk, unnest(notes) as note
             where process_id = $1 order by chunk) as notes,
       (select coalesce(json_agg(json_build_object('position', position, 'column', column_name, 'reason', reason))::text, '[]')
        from (select position, column_name, reason from dfa.rejected_row where process_id = $1 order by position, id limit 100) as first) as rejected,
       extract(epoch from clock_timestamp()
               - (select created_at from dfa.task_process where process_id = $1))::float8 as seconds
from dfa.ingest_chunk
where process_id = $1
