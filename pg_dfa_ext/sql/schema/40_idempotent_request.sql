-- Requests to the front service that carry an Idempotency-Key: what was asked, and what was answered.
create table dfa.idempotent_request (
    caller      text not null,
    key         text not null check (length(key) between 1 and 255),
    request     text not null,
    fingerprint text not null,
    status      integer,
    answer      json,
    created_at  timestamptz not null default clock_timestamp(),
    answered_at timestamptz,
    -- The role of the service: what one role answered says nothing to another.
    made_by     text not null default session_user,
    primary key (made_by, caller, key)
);
create index idempotent_request_age on dfa.idempotent_request (created_at);
select pg_catalog.pg_extension_config_dump('dfa.idempotent_request', '');

-- Takes a key for a request. A second caller of the same key waits here until the first commits or rolls back.
create function dfa.claim_request(
    caller text,
    key text,
    request text,
    fingerprint text,
    out claimed boolean,
    out same boolean,
    out status integer,
    out answer json
)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    -- Longer than any load balancer tries again.
    kept constant interval := interval '1 day';
begin
    delete from dfa.idempotent_request as old
    where (old.made_by, old.caller, old.key) in (
        select old.made_by, old.caller, old.key from dfa.idempotent_request as old
        where old.made_by = dfa.session_role() and old.created_at < clock_timestamp() - kept
        order by old.created_at limit 100 for update skip locked
    );
    insert into dfa.idempotent_request (caller, key, request, fingerprint)
    values (claim_request.caller, claim_request.key, claim_request.request, claim_request.fingerprint)
    on conflict do nothing;
    claimed := found;
    select known.request = claim_request.request and known.fingerprint = claim_request.fingerprint,
           known.status, known.answer
    into same, status, answer
    from dfa.idempotent_request as known
    where known.made_by = dfa.session_role() and known.caller = claim_request.caller and known.key = claim_request.key;
end
$$;

create function dfa.answer_request(caller text, key text, status integer, answer json) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    update dfa.idempotent_request as known
    set status = answer_request.status, answer = answer_request.answer, answered_at = clock_timestamp()
    where known.made_by = dfa.session_role() and known.caller = answer_request.caller and known.key = answer_request.key
$$;

create function dfa.release_request(caller text, key text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    delete from dfa.idempotent_request as known
    where known.made_by = dfa.session_role() and known.caller = release_request.caller and known.key = release_request.key and known.status is null
$$;

comment on function dfa.claim_request is
'Takes an Idempotency-Key for a request of the front service. claimed: it is the first; else same says whether it is the same request, status and answer what was answered. Waits for a first one whose transaction is under way.';
grant execute on function dfa.claim_request to dfa_operator;

comment on function dfa.answer_request is
'Keeps the answer of a request with an Idempotency-Key.';
grant execute on function dfa.answer_request to dfa_operator;

comment on function dfa.release_request is
'Gives an Idempotency-Key back whose request was cancelled before it was answered.';
grant execute on function dfa.release_request to dfa_operator;
