-- The days of the rows that the chunks of ingest $1 took together and that are still to be noted, as few ranges: the first and the last day of each.
select lower(days)::text as first, (upper(days) - 1)::text as last
from unnest((select range_agg(daterange(first_day, last_day, '[]')) from dfa.ingest_chunk
             where process_id = $1 and first_day is not null)) as days
