-- Statements by which the sequences of the serial columns $3 of the table made anew as $2 go on where those of table $1
-- (an oid) were, under their names, with their options, rights and comment; the sequences of other columns, but those of
-- columns $4, which count no more, belong to the table again.
with owned as (
    select attname, class.*, seq.*, class.oid::regclass::text as called,
           format('%I.%I', nspname, 'dfa_before_' || class.oid) as aside, relation.relname as table_name
    from pg_class as relation
         join pg_attribute on attrelid = relation.oid and not attisdropped
         join pg_depend on classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjid = attrelid
                       and refobjsubid = attnum and deptype in ('a', 'i')
         join pg_class as class on class.oid = objid and class.relkind = 'S'
         join pg_sequence as seq on seqrelid = class.oid
         join pg_namespace on pg_namespace.oid = class.relnamespace
    where relation.oid = $1
),
counting as (
    select * from owned where attname = any($3)
),
statement (number, attname, text) as (
    select 1, attname,
           format('do $rename$ begin if to_regclass(%L) is null then execute format(''alter sequence %%s rename to %%I'', pg_get_serial_sequence(%L, %L), %L); end if; end $rename$',
                  called, $2, attname, relname)
    from counting where relname <> format('%s_%s_seq', table_name, attname)
    union all
    select 2, attname, format('select setval(%L, last_value, is_called) from %s', called, aside) from counting
    union all
    select 3, attname, format('alter sequence %s increment %s cache %s%s', called, seqincrement, seqcache,
                              case when seqcycle then ' cycle' else '' end)
    from counting where (seqincrement, seqcache, seqcycle) <> (1, 1, false)
    union all
    select 4, attname, format('grant %s on sequence %s to %s%s', string_agg(privilege_type, ', ' order by privilege_type), called,
                              case grantee when 0 then 'public' else grantee::regrole::text end,
                              case when is_grantable then ' with grant option' else '' end)
    from counting, lateral aclexplode(relacl) where grantee <> relowner
    group by attname, called, grantee, is_grantable
    union all
    select 5, attname, format('comment on sequence %s is %L', called, description)
    from counting join pg_description on classoid = 'pg_class'::regclass and objoid = counting.oid and objsubid = 0
    union all
    select 6, attname, format('alter sequence %s owned by %s.%I', called, $2, attname)
    from owned where attname <> all($3) and attname <> all($4)
)
select text from statement order by number, attname
