-- Keeps the rows $2 of the file $1.
insert into dfa.catalog_file (path, content)
values ($1, $2::json)
on conflict (path) do update
set content = excluded.content, loaded_at = clock_timestamp(), loaded_by = session_user
