-- The definition called $1, by name, which wins, else by short name; with its versions.
select json_build_object(
           'message', format('Success: %s ''%s''', initcap(found.kind::text), found.name),
           'kind', found.kind, 'name', found.name, 'shortname', found.shortname, 'version', found.version,
           'source', found.source, 'loaded_at', found.loaded_at, 'loaded_by', found.loaded_by,
           'set_up_at', found.set_up_at, 'document', found.document,
           'versions', (
               select json_agg(json_build_object('version', version, 'current', current, 'source', source,
                                                 'loaded_at', loaded_at, 'loaded_by', loaded_by)
                               order by version desc, id desc)
               from dfa.catalog as history
               where history.kind = found.kind and history.name = found.name
           )
       )::text as answer
from dfa.catalog as found
where found.current and dfa.key_covers(found.name) and (found.name = $1 or found.shortname = $1)
order by found.name = $1 desc, found.kind
limit 1
