-- Makes all objects of the extension ordinary ones, so that they can be dropped and changed one by one.
do $$
declare
    member record;
begin
    for member in
        select known.type, known.identity
        from pg_depend cross join lateral pg_identify_object(classid, objid, objsubid) as known
        where refclassid = 'pg_extension'::regclass and deptype = 'e'
          and refobjid = (select oid from pg_extension where extname = 'dfa')
    loop
        execute format('alter extension dfa drop %s %s', member.type, member.identity);
    end loop;
end
$$
