-- A session of user $1 whose token has the hash $2 (hexadecimal), which ends $3 seconds after its last request and $4 after
-- now; from address $5 by program $6. What has ended goes.
with ended as (
    delete from dfa.web_session where ends_at < clock_timestamp()
)
insert into dfa.web_session (token_hash, user_name, idle, ends_at, address, agent)
values (decode($2, 'hex'), $1, make_interval(secs => $3), clock_timestamp() + make_interval(secs => $4), $5::inet, $6)
