-- The notes that stand, the newest first; on $1 alone, a name or short name (null: all).
select id, kind, note.name, text, person, created_at::pg_catalog.timestamp(0)::pg_catalog.text as created_at, until::pg_catalog.timestamp(0)::pg_catalog.text as until
from dfa.note_now as note
where $1::pg_catalog.text is null or note.name = $1
   or note.name in (select known.name from dfa.catalog as known where known.current and known.shortname = $1)
order by created_at desc, id desc
