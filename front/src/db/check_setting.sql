-- Whether setting $1 has value $2 here; before the extension is loaded, an unset one has its default.
select coalesce(nullif(current_setting($1, true), ''),
                case $1 when 'dfa.ai_schema' then 'ai' when 'dfa.main_schema' then 'public' else '' end) = $2
