-- The session whose token has the hash $1 (hexadecimal), if it has not ended and its user may sign in; by the unique key of
-- the hash. Once a minute it is written down that it was seen.
with known as (
    select session.id, session.user_name, account.role::text as role
    from dfa.web_session as session
         join dfa.user_account as account using (user_name)
    where session.token_hash = decode($1, 'hex')
      and clock_timestamp() < session.ends_at and clock_timestamp() < session.seen_at + session.idle
      and dfa.is_active(account.active_flg)
),
seen as (
    update dfa.web_session as session set seen_at = clock_timestamp()
    from known
    where session.id = known.id and session.seen_at < clock_timestamp() - interval '1 minute'
)
select id, user_name, role, dfa.time_zone() as zone,
       (select sentence from dfa.paused_now where kind = 'all') as maintenance
from known
