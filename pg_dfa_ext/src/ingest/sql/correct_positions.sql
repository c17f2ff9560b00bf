-- The positions of refused rows of ingest $1 in the whole stream, where a chunk came before one with a lesser number.
with placed as (
    select chunk, objects_before,
           coalesce(sum(objects) over (order by chunk rows between unbounded preceding and 1 preceding), 0) as before
    from dfa.ingest_chunk where process_id = $1
)
update dfa.rejected_row set position = position + before - objects_before
from placed
where process_id = $1 and rejected_row.chunk = placed.chunk and before <> objects_before
