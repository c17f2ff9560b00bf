-- Takes the definitions of kinds $1 and names $2 out of force. A pipeline's row stays, with what it says of the last run; it
-- is started no more, by its schedule or by a trigger.
with retired as (
    update dfa.catalog as known
    set current = false
    from unnest($1, $2) as given (kind, name)
    where known.current and known.kind = given.kind::dfa.definition_kind and known.name = given.name
    returning known.kind, known.name, known.version
),
ended as (
    update dfa.task_schedule as tracked
    set kind = 'retired', next_slot = null, kept_slot = null, retry_at = null
    from retired
    where retired.kind = 'pipeline' and tracked.pipeline_name = retired.name and tracked.kind = 'pipeline'
    returning tracked.pipeline_id
),
forgotten as (
    delete from dfa.schedule_trigger using ended where schedule_trigger.pipeline_id = ended.pipeline_id
)
select kind::text, name, version from retired order by retired.kind, retired.name
