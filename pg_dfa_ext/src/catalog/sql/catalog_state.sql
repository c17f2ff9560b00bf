-- What the graph of the catalog in data schema $1 is made of: two equal answers mean equal graphs.
select concat_ws('/', $1::text, count(*), max(id), sum(id),
                 (select sum(hashtextextended(concat_ws('=', parameter_name, parameter_value, active_flg), 0))
                  from dfa.data_parameter))
from dfa.catalog
where current
