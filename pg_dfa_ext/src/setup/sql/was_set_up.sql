-- Whether table $1 has been set up before, by this version of its definition or an earlier one.
select exists (select from dfa.catalog where kind = 'table' and name = $1 and set_up_at is not null)
