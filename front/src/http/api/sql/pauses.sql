-- What is paused, by its beginning ($1 is no other) and name from ($2, $3) on, $4 of them.
select json_build_object('kind', held.kind, 'name', held.name, 'reason', held.reason, 'paused_by', held.paused_by, 'since', held.since,
                         'until', held.until)::text as row,
       to_char(held.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, held.name collate "C" as name
from dfa.paused_now as held
where $1::text is not null
  and (held.kind <> 'pipeline' or dfa.key_covers(held.name))
  and ($3::text is null or (held.since, held.name collate "C") {beyond} ($2::text::timestamp at time zone 'UTC', $3))
order by held.since {direction}, held.name collate "C" {direction}
limit $4
