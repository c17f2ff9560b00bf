-- How many definitions of each kind are in force.
select kind, count(*) as number from dfa.catalog where current group by kind order by kind
