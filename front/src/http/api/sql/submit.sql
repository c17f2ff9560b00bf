-- Submits module $1 of $2 (null: everything) for dates $3 (null: today), in mode $4 with parameters $5, if that is what preview $6
-- showed.
select dfa.submit($1, $2, coalesce(($3::text[])::date[], array[dfa.today()]), $4, $5::text::json, if_preview => $6) as process_id
