-- Each table with a source: where its files come from, when somebody looked last, what waits, and what is wrong.
select said.table_name as table, said.path, known.looked_at::pg_catalog.timestamp(0)::pg_catalog.text as looked, known.waiting,
       coalesce(known.fault,
                (select pg_catalog.format('file %s is %s', file.path, file.state) from dfa.file as file
                 where file.table_name = said.table_name and file.state in ('refused', 'changed') order by file.path limit 1),
                case when known.table_name is null then 'no service has looked yet: DFA_LANDING says where' end) as fault
from dfa.file_sources() as said left join dfa.file_source as known using (table_name)
order by said.table_name
