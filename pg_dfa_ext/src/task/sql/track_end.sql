-- The run of pipeline $1 by task $4 has ended: $2 with success or not; $3: the ids that count as updated with it, as of the
-- same run date. A failed one is tried again later and later.
update dfa.task_schedule as tracked
set tracking = case when pipeline_name <> $1 and tracking = 'PROCESSING' then tracking
                    when $2 then 'SUCCESS' else 'FAILED' end,
    update_date = now.at, ended_at = now.at,
    run_date = case when $2 then coalesce(now.run_date, tracked.run_date) else tracked.run_date end,
    failures = case when pipeline_name <> $1 then failures when $2 then 0 else failures + 1 end,
    retry_at = case when pipeline_name <> $1 then retry_at
                    when not $2 then clock_timestamp() + interval '1 minute' * 2 ^ least(failures, 10) end
from (select clock_timestamp() as at,
             (select max(run_date) from dfa.task_step where process_id = $4) as run_date) as now
where pipeline_name = $1 and kind = 'pipeline'
   or $2 and pipeline_id = any($3)
