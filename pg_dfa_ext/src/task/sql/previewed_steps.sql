-- The steps of a task in mode $4, in their order, each as a line: nodes $1, run dates $2, processes $3, and the watermark of
-- the node, which decides how it runs.
select format('%s %s (%s) %s', node, step.run_date, processes, $4)
       || case when table_name is null then '' else format(', watermark %s%s%s', watermark.run_date,
              case when dfa.is_active(active_flg) then '' else ', switched off' end,
              case when watermark.run_date = step.run_date::date and run_count_max > 0 and run_count_now >= run_count_max
                   then ', quota used up' else '' end) end
from unnest($1, $2, $3) with ordinality as step (node, run_date, processes, place)
     left join dfa.data_pipeline as watermark on table_name = node
order by place
