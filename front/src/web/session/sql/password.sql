-- The hash of the password of user $1, who may sign in.
select user_name, password_hash
from dfa.user_account
where user_name = $1 and dfa.is_active(active_flg)
