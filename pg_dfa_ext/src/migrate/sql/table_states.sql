-- What is in schema $1 under the names $2: name, oid, kind, partition key, whether its owner is ours (the owner of the
-- schema, or a role of the caller), owner.
select wanted.name, class.oid, class.relkind::text as kind, pg_get_partkeydef(class.oid) as partition_key,
       class.relowner = space.nspowner or pg_has_role(class.relowner, 'member') as is_ours, class.relowner::regrole::text as owner
from unnest($2) as wanted (name)
     join pg_namespace as space on space.nspname = $1
     join pg_class as class on class.relnamespace = space.oid and class.relname = wanted.name
