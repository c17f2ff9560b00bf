-- The notes that stand on $2, of kind $1, the newest first. Index note_of.
select id, text, person, created_at, until from dfa.note_now
where kind = $1 and name = $2
order by created_at desc
limit 20
