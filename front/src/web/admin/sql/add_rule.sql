-- Makes or changes rule $1: events $2, channels $3, patterns $4, tags $5, owners $6, more rows than $7, longer than $8, quiet
-- hours from $9 to $10, and whether the end is told ($11).
select dfa.add_rule($1, $2::text[]::dfa.incident_event[], $3::text[], $4::text[], $5::text[], $6::text[],
                    coalesce($7::text::bigint, 0), coalesce($8::text::interval, '1 day'), $9::text::time, $10::text::time, $11)
