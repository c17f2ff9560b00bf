-- Who may sign in, and who is signed in.
select account.user_name as name, account.role, dfa.is_active(account.active_flg) as active, account.created_at,
       count(session.id) as sessions, max(session.seen_at) as seen_at
from dfa.user_account as account
     left join dfa.web_session as session
               on session.user_name = account.user_name and clock_timestamp() < session.ends_at
                  and clock_timestamp() < session.seen_at + session.idle
group by account.user_name
order by account.user_name
limit 500
