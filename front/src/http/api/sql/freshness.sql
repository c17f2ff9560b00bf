-- How fresh tables are, sorted by $1 (name) from ($2, $3) on, $4 of them; in state $5, of name or short name $6.
select json_build_object('name', table_name, 'owner', owner, 'tags', tags, 'state', state, 'data_date', data_date, 'published_at', published_at,
                         'expected_by', expected_by, 'late_since', late_since, 'blocked_by', blocked_by, 'causes', causes)::text as row,
       table_name collate "C" as sort_key, table_name collate "C" as name
from dfa.table_freshness($6)
where $1::text is not null and dfa.key_covers(table_name)
  and ($5::text is null or state = $5)
  and ($3::text is null or (table_name collate "C", table_name collate "C") {beyond} ($2::text, $3))
order by table_name collate "C" {direction}
limit $4
