-- The definition of kind $1 called $2: that with id $3, else that in force; who loaded it, as the audit has it. Indexes
-- catalog_history and audit_entry_name.
select version.id::text as id, version.kind::text as kind, version.name, version.document, version.loaded_at,
       coalesce((select entry.person from dfa.audit_entry as entry
                 where entry.kind = version.kind::text and entry.name = version.name and entry.at >= version.loaded_at
                 order by entry.at limit 1), version.loaded_by) as loaded_by
from dfa.catalog as version
where version.kind::text = $1 and version.name = $2
  and case when $3::text is null then version.current
           when $3::text ~ '^[0-9]{1,18}$' then version.id = $3::bigint else false end
