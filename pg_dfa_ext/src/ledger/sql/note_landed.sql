-- Rows of table $1 dated up to $2 landed: its watermark follows them. The first ones take the place of the date of the
-- setup, which says nothing of the rows of a table that others fill. Infinity moves nothing.
update dfa.data_pipeline
set data_date = case when landed or system_type <> 'external' then greatest(data_date, $2::date) else $2::date end,
    landed = true, update_date = clock_timestamp()
where table_name = $1 and isfinite($2::date)
  and (data_date < $2::date or system_type = 'external' and not landed)
