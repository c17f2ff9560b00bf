-- Whether setting $1 has value $2 here; before the extension is loaded, an unset one has its default. It runs before there is
-- a transaction to pin, so that each name is qualified.
select coalesce(nullif(pg_catalog.current_setting($1, true), ''),
                case $1 when 'dfa.ai_schema' then 'ai' when 'dfa.main_schema' then 'public' else '' end)
       operator(pg_catalog.=) $2 as is_so
