-- What is paused, and whether anybody calls the scheduler.
select what, sentence
from (select case kind when 'pipeline' then name else kind::pg_catalog.text end as what, sentence, 1 as place
      from dfa.paused_now
      union all
      select 'scheduler', pg_catalog.format('nobody calls it: %s of %s slots are due, the first since %s', pg_catalog.count(*) filter (where next_slot <= pg_catalog.clock_timestamp() - interval '5 minutes'),
                                            pg_catalog.count(*), pg_catalog.to_char(pg_catalog.min(next_slot), 'YYYY-MM-DD HH24:MI')), 0
      from dfa.task_schedule
      where kind = 'pipeline' and next_slot is not null
      having pg_catalog.min(next_slot) <= pg_catalog.clock_timestamp() - interval '5 minutes') as held
order by place, what
