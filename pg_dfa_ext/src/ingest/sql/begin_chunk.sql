-- Begins chunk $2 of ingest $1, whose payload is $3: the objects of the chunks before it. No row: it came before.
insert into dfa.ingest_chunk (process_id, chunk, checksum, success_rows, failed_rows, objects_before)
select $1, $2, md5($3), 0, 0, coalesce(sum(objects), 0)
from dfa.ingest_chunk where process_id = $1 and chunk < $2
on conflict do nothing
returning objects_before
