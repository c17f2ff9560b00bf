-- Every object of schema dfa as a row: its class and name, what it is (definition), what must stay the same for it to be replaced
-- in place (shape), the statements that make and remove it, and a position, by which all are made one after the other.
-- Run with search_path = pg_catalog, so that all names are qualified.
with own_relation as (
    select oid, relname, relkind, reloptions, relrowsecurity, relforcerowsecurity, relacl, relowner, format('dfa.%I', relname) as name
    from pg_class where relnamespace = 'dfa'::regnamespace
),
own_table as (select * from own_relation where relkind in ('r', 'p')),
own_column as (
    select own_table.oid as table_oid, own_table.name as table_name, attribute.attnum, attribute.attname, attribute.attidentity,
           attribute.attgenerated, attribute.attnotnull, attribute.atttypid, default_of.oid as default_oid,
           format('%s%s', format_type(attribute.atttypid, attribute.atttypmod),
                  case when attribute.attcollation <> type.typcollation then ' collate ' || attribute.attcollation::regcollation end)
               as type_text,
           pg_get_expr(default_of.adbin, default_of.adrelid) as default_text
    from own_table
         join pg_attribute as attribute on attribute.attrelid = own_table.oid and attribute.attnum > 0 and not attribute.attisdropped
         join pg_type as type on type.oid = attribute.atttypid
         left join pg_attrdef as default_of on default_of.adrelid = attribute.attrelid and default_of.adnum = attribute.attnum
),
routine as (
    select proc.oid, proc.prokind, proc.proacl, proc.proowner, proc.oid::regprocedure::text as name,
           case proc.prokind when 'p' then 'procedure' else 'function' end as word,
           regexp_replace(pg_get_functiondef(proc.oid), '^AS ''dfa'', ', 'AS ''MODULE_PATHNAME'', ', 'n') as text,
           concat_ws(' ', proc.prokind, pg_get_function_result(proc.oid), proc.proargnames::text, proc.proargmodes::text, proc.pronargdefaults)
               as shape
    from pg_proc as proc
    where proc.pronamespace = 'dfa'::regnamespace and proc.prokind <> 'a'
),
own_type as (
    select type.oid, type.typtype, type.typbasetype, type.typtypmod, type.typdefault, type.typacl, type.typowner, format('dfa.%I', typname) as name
    from pg_type as type
    where typnamespace = 'dfa'::regnamespace and typtype in ('e', 'd')
),
-- What has a list of rights, under the word that GRANT calls it by.
granted as (
    select 'schema' as word, 'dfa' as name, null as columns, coalesce(nspacl, acldefault('n', nspowner)) as acl, nspowner as owner
    from pg_namespace where nspname = 'dfa'
    union all
    select case relkind when 'S' then 'sequence' else 'table' end, name, null,
           coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)), relowner
    from own_relation where relkind in ('r', 'p', 'v', 'm', 'S')
    union all
    select 'table', own_relation.name, format(' (%I)', attname), attacl, relowner
    from own_relation join pg_attribute on attrelid = own_relation.oid where attacl is not null and not attisdropped
    union all
    select word, name, null, coalesce(proacl, acldefault('f', proowner)), proowner from routine
    union all
    select 'type', name, null, coalesce(typacl, acldefault('T', typowner)), typowner from own_type
),
object (class, name, definition, shape, make, remove, classid, objid, position, part) as (
    select 'type', name, labels.text, null, format('create type %s as enum (%s)', name, labels.text), format('drop type %s', name),
           'pg_type'::regclass, own_type.oid, own_type.oid::bigint, 0
    from own_type
         cross join lateral (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) as text from pg_enum where enumtypid = own_type.oid) as labels
    where typtype = 'e'
    union all
    select 'type', name, format('%s %s', format_type(typbasetype, typtypmod), typdefault), null,
           format('create domain %s as %s%s', name, format_type(typbasetype, typtypmod), ' default ' || typdefault), format('drop domain %s', name),
           'pg_type'::regclass, oid, oid::bigint, 0
    from own_type where typtype = 'd'
    union all
    select 'check of a type', format('%I on %s', conname, own_type.name), pg_get_constraintdef(con.oid), null,
           format('alter domain %s add constraint %I %s', own_type.name, conname, pg_get_constraintdef(con.oid)),
           format('alter domain %s drop constraint %I', own_type.name, conname), 'pg_constraint'::regclass, con.oid, con.oid::bigint, 0
    from own_type join pg_constraint as con on contypid = own_type.oid and contype = 'c'
    union all
    select 'sequence', name, words.text, null, format('create sequence %s %s', name, words.text), format('drop sequence %s', name),
           'pg_class'::regclass, oid, oid::bigint, 0
    from own_relation
         join pg_sequence on seqrelid = oid
         cross join lateral format('as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s', format_type(seqtypid, null),
                                   seqincrement, seqmin, seqmax, seqstart, seqcache, case when seqcycle then ' cycle' end) as words (text)
    union all
    select 'routine', name, text, shape, text, format('drop %s %s', word, name), 'pg_proc'::regclass, oid, oid::bigint, 0 from routine
    union all
    select 'table', name, 'table', null,
           format(E'create table %s (\n%s\n)', name,
                  (select string_agg(format('    %I %s%s%s', attname, type_text,
                                            case when attgenerated = 's' then format(' generated always as (%s) stored', default_text) end,
                                            case when attnotnull then ' not null' end), E',\n' order by attnum)
                   from own_column where table_oid = own_table.oid)),
           format('drop table %s', name), 'pg_class'::regclass, oid, oid::bigint, 0
    from own_table
    union all
    select 'column', format('%s.%I', table_name, attname),
           concat_ws(' ', type_text, case when attnotnull then 'not null' end, nullif(attidentity, ''), nullif(attgenerated, '')), null,
           format('alter table %s add column %I %s%s%s', table_name, attname, type_text,
                  case when attgenerated = 's' then format(' generated always as (%s) stored', default_text) else ' default ' || default_text end,
                  case when attnotnull then ' not null' end),
           format('alter table %s drop column %I', table_name, attname), 'pg_class'::regclass, table_oid,
           greatest(table_oid, (select oid from own_type where oid = atttypid), default_oid)::bigint, attnum
    from own_column
    union all
    select 'default', format('%s.%I', table_name, attname), default_text, null,
           format('alter table %s alter column %I set default %s', table_name, attname, default_text),
           format('alter table %s alter column %I drop default', table_name, attname), 'pg_attrdef'::regclass, default_oid, default_oid::bigint, 0
    from own_column where default_oid is not null and attgenerated = ''
    union all
    select 'option', name, array_to_string(reloptions, ', '), null, format('alter table %s set (%s)', name, array_to_string(reloptions, ', ')),
           null, 'pg_class'::regclass, oid, oid::bigint, 1
    from own_table where reloptions is not null
    union all
    select 'row security', name, concat(relrowsecurity, relforcerowsecurity), null, format('alter table %s enable row level security', name),
           format('alter table %s disable row level security', name), 'pg_class'::regclass, oid, oid::bigint, 2
    from own_table where relrowsecurity
    union all
    select 'view', name, concat_ws(' ', array_to_string(reloptions, ', '), pg_get_viewdef(oid)),
           (select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), E',\n' order by attnum) || E',\n'
            from pg_attribute where attrelid = own_relation.oid and attnum > 0),
           format(E'create or replace view %s%s as\n%s', name, ' with (' || array_to_string(reloptions, ', ') || ')',
                  rtrim(pg_get_viewdef(oid), ';')),
           format('drop view %s', name), 'pg_class'::regclass, oid, oid::bigint, 0
    from own_relation where relkind = 'v'
    union all
    select 'constraint', format('%I on %s', conname, own_table.name), pg_get_constraintdef(con.oid), null,
           format('alter table %s add constraint %I %s', own_table.name, conname, pg_get_constraintdef(con.oid)),
           format('alter table %s drop constraint %I', own_table.name, conname), 'pg_constraint'::regclass, con.oid, con.oid::bigint, 0
    from own_table join pg_constraint as con on conrelid = own_table.oid and contype in ('p', 'u', 'c', 'f', 'x')
    union all
    select 'index', format('dfa.%I', index_of.relname), pg_get_indexdef(index_of.oid), null, pg_get_indexdef(index_of.oid),
           format('drop index dfa.%I', index_of.relname), 'pg_class'::regclass, index_of.oid, index_of.oid::bigint, 0
    from own_table
         join pg_index on indrelid = own_table.oid
         join pg_class as index_of on index_of.oid = indexrelid
    where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    union all
    select 'trigger', format('%I on %s', tgname, own_relation.name), pg_get_triggerdef(trigger_of.oid), null, pg_get_triggerdef(trigger_of.oid),
           format('drop trigger %I on %s', tgname, own_relation.name), 'pg_trigger'::regclass, trigger_of.oid, trigger_of.oid::bigint, 0
    from own_relation join pg_trigger as trigger_of on tgrelid = own_relation.oid and not tgisinternal
    union all
    select 'policy', format('%I on %s', polname, own_table.name), words.text, null,
           format('create policy %I on %s%s', polname, own_table.name, words.text), format('drop policy %I on %s', polname, own_table.name),
           'pg_policy'::regclass, pol.oid, pol.oid::bigint, 0
    from own_table
         join pg_policy as pol on polrelid = own_table.oid
         cross join lateral (
             select concat(case when not polpermissive then ' as restrictive' end,
                           ' for ', case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
                           ' to ' || nullif((select string_agg(role::regrole::text, ', ' order by role::regrole::text)
                                             from unnest(polroles) as role where role <> 0), ''),
                           ' using (' || pg_get_expr(polqual, polrelid) || ')', ' with check (' || pg_get_expr(polwithcheck, polrelid) || ')') as text
         ) as words
    union all
    select 'comment', concat_ws(' ', words.word, identity), description, null, format('comment on %s %s is %L', words.word, identity, description),
           format('comment on %s %s is null', words.word, identity), classoid::regclass, objoid, 4294967296, objsubid
    from pg_description
         cross join lateral pg_identify_object(classoid, objoid, objsubid) as known
         cross join lateral (
             select case when known.type like '% column' then 'column' when known.type like '% constraint' then 'constraint' else known.type end as word
         ) as words
    where known.schema = 'dfa' or known.type = 'schema' and known.identity = 'dfa' or known.identity ~ ' on dfa\.' or known.type like '% column' and known.identity like 'dfa.%'
    union all
    select 'grant', concat_ws(' ', word, granted.name, who.name, concat(lower(privilege_type), columns)), case when is_grantable then 'with grant option' else '' end, null,
           format('grant %s%s on %s %s to %s%s', lower(privilege_type), columns, word, granted.name, who.name,
                  case when is_grantable then ' with grant option' end),
           format('revoke %s%s on %s %s from %s', lower(privilege_type), columns, word, granted.name, who.name), null, null, 4294967297, 0
    from granted
         cross join lateral aclexplode(acl) as entry
         cross join lateral (select case entry.grantee when 0 then 'public' else entry.grantee::regrole::text end as name) as who
    where entry.grantee <> owner
    union all
    select 'dumped rows', dumped.oid::regclass::text, coalesce(condition, ''), null,
           format('select pg_catalog.pg_extension_config_dump(%L, %L)', dumped.oid::regclass, coalesce(condition, '')), null, null, null, 4294967298, 0
    from pg_extension
         cross join lateral unnest(extconfig, extcondition) as dumped (oid, condition)
    where extname = 'dfa'
)
select class, name, definition, coalesce(shape, ''), make, coalesce(remove, ''), coalesce(classid::oid, 0), coalesce(objid, 0)
from object
order by position, part, class, name;
