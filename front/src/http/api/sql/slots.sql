-- Slots by time ($1 is no other) and pipeline from ($2, $3) on, $4 of them; pipeline $5, days $6 to $7. Index
-- schedule_slot_slot serves it, the primary key for one pipeline.
select json_build_object(
           'pipeline_id', came.pipeline_id, 'pipeline_name', tracked.pipeline_name, 'slot', came.slot,
           'process_id', came.process_id, 'status', task.status, 'deadline_at', came.deadline_at, 'late_at', came.late_at
       )::text as row, to_char(came.slot at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, came.pipeline_id as name
from dfa.schedule_slot as came
     left join dfa.task_schedule as tracked using (pipeline_id)
     left join dfa.task_process as task on task.process_id = came.process_id
where $1::text is not null
  and ($3::text is null or (came.slot, came.pipeline_id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text))
  and ($5::text is null or came.pipeline_id = coalesce(
          (select known.pipeline_id from dfa.task_schedule as known where known.pipeline_name = $5), $5))
  and ($6::text is null or came.slot >= $6::text::date::timestamp at time zone dfa.time_zone())
  and ($7::text is null or came.slot < ($7::text::date + 1)::timestamp at time zone dfa.time_zone())
  and dfa.key_covers(coalesce(tracked.pipeline_name, came.pipeline_id))
order by came.slot {direction}, came.pipeline_id {direction}
limit $4
