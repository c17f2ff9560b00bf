-- What is known of $1, a pipeline, worker or all: whether and how it is held now, when it would start next, and what runs of it.
select held.sentence,
       case when $1 not in ('worker', 'all') then
           (select next_slot from dfa.task_schedule where kind = 'pipeline' and pipeline_name = $1) end as next_slot,
       case when $1 in ('worker', 'all') then (select count(*) from dfa.open_task)
            else (select count(*) from dfa.open_task where name = $1) end as under_way
from (values (1)) as one
     left join dfa.paused_now as held
            on case when $1 in ('worker', 'all') then held.kind = $1 else held.kind = 'pipeline' and held.name = $1 end
