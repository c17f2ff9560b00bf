-- Of a row that is shown: what it says, in a line.
cross join lateral (select left(replace(coalesce(listed.message, ''), E'\n', ' '), 300) as said) as more
