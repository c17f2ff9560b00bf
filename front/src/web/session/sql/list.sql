-- The sessions of user $1, the last seen first.
select id, created_at, seen_at, host(address) as address, agent
from dfa.web_session
where user_name = $1 and clock_timestamp() < ends_at and clock_timestamp() < seen_at + idle
order by seen_at desc
limit 50
