-- How fresh tables are: in state $1 (null: those that are behind; all: every one), whose name has part $2, of owner $3; the
-- latest first.
select table_name as name, owner, data_date, published_at, expected_by, late_since, state, blocked_by, to_json(causes) as causes,
       count(*) over () as total
from dfa.table_freshness()
where case when $1::text is null then state in ('late', 'due', 'blocked') else $1 in (state, 'all') end
  and ($2::text is null or strpos(table_name, $2) > 0)
  and ($3::text is null or owner = $3)
order by late_since nulls last, expected_by nulls last, table_name
limit 300
