-- What the definitions and the parameters in force are: two equal answers mean equal ones.
select concat_ws('/', count(*), max(id), sum(id),
                 (select sum(hashtextextended(concat_ws('=', parameter_name, parameter_type, parameter_value, active_flg), 0))
                  from dfa.data_parameter))
from dfa.catalog
where current
