-- Sets up $1 (null: everything) for date $2 with parameters $3: how many objects failed, first rows, what failed or all.
select count(*) filter (where status <> 0), coalesce(sum(rows), 0)::bigint,
       coalesce(string_agg(format('Error: %s %L: %s', object.kind, object.name, message), E'\n') filter (where status <> 0),
                format('Success: Setup %s objects', count(*)))
from json_to_record($3::json) as given (
         kind text, initial_data text, drop_before_create text, drop_table text, drop_schema text, "cascade" text
     ),
     lateral dfa.setup(
         $1, given.kind, $2::date, coalesce(given.initial_data, 'N'), coalesce(given.drop_before_create, 'N'),
         coalesce(given.drop_table, 'N'), coalesce(given.drop_schema, 'N'), coalesce(given."cascade", 'N')
     ) as object
