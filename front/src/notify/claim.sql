-- The next message that is due; its row is ours until the end of the transaction.
select id, kind, target, secret_env, about, event, name, title, text, process_id, incident_id, opened_at::text as opened_at,
       closed_at::text as closed_at, number, cause, channel_name
from dfa.claim_delivery()
