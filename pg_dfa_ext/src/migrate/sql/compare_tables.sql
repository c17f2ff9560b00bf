-- The columns of tables $1 (oids $2) beside those of their shadows (oids $3), which are made as their catalogs say:
-- table, column, is missing, is not of the catalog, types, modifiers, NOT NULL, defaults; how the cast from the one
-- type to the other is done: lossless, without a rewrite; how they are generated (s: stored, a, d: identity; else empty).
with pair as (
    select name, actual, shadow from unnest($1, $2, $3) as pair (name, actual, shadow)
),
attribute as (
    select pair.name, attname, attrelid = shadow as wanted, atttypid, atttypmod, attnotnull,
           coalesce(nullif(attgenerated::text, ''), attidentity::text) as generated,
           format_type(atttypid, atttypmod) as type, pg_get_expr(adbin, adrelid) as default_value
    from pair
         join pg_attribute on attrelid in (actual, shadow) and attnum > 0 and not attisdropped
         left join pg_attrdef on adrelid = attrelid and adnum = attnum
)
select coalesce(old.name, new.name) as table_name, coalesce(old.attname, new.attname)::text as column_name,
       old.attname is null as is_missing, new.attname is null as is_extra, old.type as old_type, new.type as new_type,
       coalesce(old.attnotnull, false) as was_not_null, coalesce(new.attnotnull, false) as is_not_null,
       old.default_value as old_default, new.default_value as new_default,
       coalesce(cast_.lossless, false) as lossless, coalesce(cast_.in_place, false) as in_place,
       coalesce(old.generated, '') as was_generated, coalesce(new.generated, '') as is_generated
from (select * from attribute where not wanted) as old
     full join (select * from attribute where wanted) as new on new.name = old.name and new.attname = old.attname
     left join lateral (
         select new.atttypmod - 4 as modifier, old.atttypmod - 4 as old_modifier
     ) as length on true
     left join lateral (
         select case
                    when old.atttypid = new.atttypid and new.atttypmod < 0 then true
                    when old.atttypid = new.atttypid and old.atttypid in ('varchar'::regtype, 'bpchar'::regtype)
                        then old.atttypmod >= 0 and new.atttypmod >= old.atttypmod
                    when old.atttypid = new.atttypid and old.atttypid = 'numeric'::regtype
                        then old.atttypmod >= 0
                             and (length.modifier & 65535) >= (length.old_modifier & 65535)
                             and (length.modifier >> 16) - (length.modifier & 65535)
                                 >= (length.old_modifier >> 16) - (length.old_modifier & 65535)
                    -- Casts that Postgres makes by itself and that round, cut or look something up.
                    else new.atttypmod < 0
                         and new.atttypid not in ('float4'::regtype, 'float8'::regtype, 'name'::regtype, 'oid'::regtype,
                                                  'regclass'::regtype)
                         and exists (select from pg_cast where castsource = old.atttypid
                                     and casttarget = new.atttypid and castcontext = 'i')
                end as lossless,
                case
                    when old.atttypid = new.atttypid and old.atttypid = 'varchar'::regtype then true
                    when old.atttypid = new.atttypid and old.atttypid = 'numeric'::regtype
                        then new.atttypmod < 0
                             or (length.modifier & 65535) = (length.old_modifier & 65535)
                    else new.atttypmod < 0
                         and exists (select from pg_cast where castsource = old.atttypid
                                     and casttarget = new.atttypid and castmethod = 'b')
                end as in_place
     ) as cast_ on old.type is distinct from new.type
where old.attname is null or new.attname is null or old.type <> new.type or old.attnotnull <> new.attnotnull
   or old.generated <> new.generated
   or (old.default_value is distinct from new.default_value
       and not (coalesce(old.default_value, '') like 'nextval(%' and coalesce(new.default_value, '') like 'nextval(%'))
order by 1, coalesce(old.attname, new.attname)
