-- Statements that give a table made anew as $2, with columns $3, what table $1 (an oid) has and no definition says, beside
-- what pg_dfa_ext/src/migrate/sql/beside_definition.sql gives: statistics, publications, replica identity, storage parameters, which triggers and
-- rules are switched off, comments on what belongs to it.
with relation as (
    select * from pg_class where oid = $1
),
columns as (
    select attnum, attname, attstattarget, attoptions, attcompression, attstorage, typstorage
    from pg_attribute join pg_type on pg_type.oid = atttypid
    where attrelid = $1 and attnum > 0 and not attisdropped and attname = any($3)
),
stats as (
    select pg_statistic_ext.*, format('%I.%I', nspname, stxname) as called
    from pg_statistic_ext join pg_namespace on pg_namespace.oid = stxnamespace
    where stxrelid = $1
      and not exists (select from pg_depend join pg_attribute on attrelid = refobjid and attnum = refobjsubid
                      where classid = 'pg_statistic_ext'::regclass and objid = pg_statistic_ext.oid
                        and refclassid = 'pg_class'::regclass and refobjid = $1 and refobjsubid > 0 and attname <> all($3))
),
own_triggers as (
    select * from pg_trigger where tgrelid = $1 and not tgisinternal
),
-- Partitions have no replica identity and no storage parameters from their table.
each_part (number, text) as (
    select 4, 'replica identity ' || case relreplident when 'f' then 'full' else 'nothing' end
    from relation where relreplident in ('f', 'n')
    union all
    select 5, format('set (%s)', string_agg(option, ', '))
    from (select unnest(reloptions) as option from relation
          union all
          select 'toast.' || unnest(toast.reloptions) from relation join pg_class as toast on toast.oid = relation.reltoastrelid) as given
    having count(*) > 0
),
statement (number, text) as (
    select 1, pg_get_statisticsobjdef(oid) from stats
    union all
    select 2, format('alter statistics %s set statistics %s', called, stxstattarget) from stats where stxstattarget >= 0
    union all
    select 2, format('comment on statistics %s is %L', called, description)
    from stats join pg_description on classoid = 'pg_statistic_ext'::regclass and objoid = stats.oid
    union all
    select 9, format('alter statistics %s owner to %I', called, stxowner::regrole::text) from stats
    where stxowner <> current_user::regrole
    union all
    select 3, format('alter table %s alter column %I set statistics %s', $2, attname, attstattarget)
    from columns where attstattarget >= 0
    union all
    select 3, format('alter table %s alter column %I set (%s)', $2, attname, string_agg(option, ', '))
    from columns, unnest(attoptions) as option where option like 'n_distinct%' group by attname
    union all
    select 3, format('alter table %s alter column %I set storage %s', $2, attname,
                     case attstorage when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended' else 'main' end)
    from columns where attstorage <> typstorage
    union all
    select 3, format('alter table %s alter column %I set compression %s', $2, attname,
                     case attcompression when 'l' then 'lz4' else 'pglz' end)
    from columns where attcompression <> ''
    union all
    select 4, format('alter table %s %s', $2, text) from each_part where number = 4
    union all
    select number + 1,
           format('do $each$ declare part regclass; begin for part in select relid from pg_partition_tree(%L) where isleaf loop execute format(%L, part); end loop; end $each$',
                  $2, 'alter table %s ' || replace(text, '%', '%%'))
    from each_part
    union all
    select 7, format('alter publication %I add table %s%s%s', pubname, $2,
                     ' (' || (select string_agg(quote_ident(attname), ', ') from pg_attribute
                              where attrelid = $1 and attnum = any(prattrs)) || ')',
                     ' where (' || pg_get_expr(prqual, prrelid) || ')')
    from pg_publication_rel join pg_publication on pg_publication.oid = prpubid
    where prrelid = $1
    union all
    select 8, format('alter table %s %s trigger %I', $2,
                     case tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, tgname)
    from own_triggers where tgenabled <> 'O'
    union all
    select 8, format('alter table %s %s rule %I', $2,
                     case ev_enabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, rulename)
    from pg_rewrite where ev_class = $1 and rulename <> '_RETURN' and ev_enabled <> 'O'
    union all
    select 8, format('comment on trigger %I on %s is %L', tgname, $2, description)
    from own_triggers join pg_description on classoid = 'pg_trigger'::regclass and objoid = own_triggers.oid
    union all
    select 8, format('comment on rule %I on %s is %L', rulename, $2, description)
    from pg_rewrite join pg_description on classoid = 'pg_rewrite'::regclass and objoid = pg_rewrite.oid
    where ev_class = $1 and rulename <> '_RETURN'
)
select text from statement order by number, text
