-- The newest changes of what is called $2, of the kinds $1. Index audit_entry_name.
select at, coalesce(person, role) as person, way, role, kind, name, action, before, after, reason, process_id
from dfa.audit_entry
where name = $2 and kind = any ($1::text[])
order by at desc, id desc
limit 15
