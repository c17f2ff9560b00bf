-- Of a task that is shown: its run dates and what it said, in a line.
cross join lateral (
    select case when max(date) is null or min(date) = max(date) then coalesce(min(date), '') else min(date) || ' … ' || max(date) end as run_dates,
           count(*) as dates,
           left(replace(regexp_replace(coalesce(listed.process_message, ''), '^(\[ run_date: [^]]* \]\s*)?(Error: )?', ''), E'\n', ' '), 200) as message
    from unnest(string_to_array(listed.run_date_put, ',')) as date
) as more
