-- The schedules of job $1 as cron expressions. pgAgent has a flag for each minute, hour, day of the week (Sunday first), day of
-- the month (the 32nd: its last) and month; none of them set means each. Of days of month and week it wants both, cron either.
select schedule.jscname::text as name,
       concat_ws(' ', minutes.list, hours.list, monthdays.list, months.list, weekdays.list) as cron,
       case
           when not schedule.jscenabled then 'it is off'
           when schedule.jscend < now() then 'it ended ' || schedule.jscend
           when schedule.jscmonthdays[32] then 'it is for the last day of the month, which cron cannot say'
           when monthdays.list <> '*' and weekdays.list <> '*' then 'it wants a day of the month and of the week at once, which cron cannot say'
           when exists (select from pgagent.pga_exception as exception where exception.jexscid = schedule.jscid)
               then 'it has exceptions'
       end as left
from pgagent.pga_schedule as schedule
     cross join lateral (select coalesce(string_agg((place - 1)::text, ',' order by place) filter (where flag), '*') as list
                         from unnest(schedule.jscminutes) with ordinality as flags (flag, place)) as minutes
     cross join lateral (select coalesce(string_agg((place - 1)::text, ',' order by place) filter (where flag), '*') as list
                         from unnest(schedule.jschours) with ordinality as flags (flag, place)) as hours
     cross join lateral (select coalesce(string_agg(place::text, ',' order by place) filter (where flag and place < 32), '*') as list
                         from unnest(schedule.jscmonthdays) with ordinality as flags (flag, place)) as monthdays
     cross join lateral (select coalesce(string_agg(place::text, ',' order by place) filter (where flag), '*') as list
                         from unnest(schedule.jscmonths) with ordinality as flags (flag, place)) as months
     cross join lateral (select coalesce(string_agg((place - 1)::text, ',' order by place) filter (where flag), '*') as list
                         from unnest(schedule.jscweekdays) with ordinality as flags (flag, place)) as weekdays
where schedule.jscjobid = $1
order by schedule.jscid
