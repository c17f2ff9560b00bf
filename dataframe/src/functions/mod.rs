//! The functions, a file each. Their names and columns are in `dfa_catalog::dataframe`.

mod abc_class;
mod class_criteria;
mod forecast;
mod kept;
mod pivot;
mod resample;
mod rolling;
mod run_tbl_forecast;
mod series;
mod service_level;
mod sql;
mod statistic;

use crate::arguments::Arguments;
use crate::function::{Places, Work};
use crate::refusal::{Refusal, Result};

/// Begins the function of a name of the table.
///
/// # Errors
/// Parameters that it does not take.
pub fn begin(name: &str, arguments: &Arguments, places: Places) -> Result<Box<dyn Work>> {
    Ok(match name {
        "forecast" => Box::new(forecast::Forecast::new(arguments, places)?),
        "run_tbl_forecast" => Box::new(run_tbl_forecast::RunTblForecast::new(arguments, places)?),
        "min_max_service_level" => Box::new(service_level::ServiceLevel::new(arguments)?),
        "prod_cls_criteria" => Box::new(class_criteria::ClassCriteria::default()),
        "resample" => Box::new(resample::Resample::new(arguments, places)?),
        "pivot" => Box::new(pivot::Pivot::new(arguments, places)?),
        "rolling" => Box::new(rolling::Rolling::new(arguments, places)?),
        "sql" => Box::new(sql::Sql::new(arguments)?),
        "abc_class" => Box::new(abc_class::AbcClass::new(arguments, places)?),
        other => return Err(Refusal::new(format!("function '{other}' is not one of this service"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_table_is_there() {
        let values = [
            ("run_date", "2024-01-15"),
            ("every", "day"),
            ("values", "[a]"),
            ("window", "3"),
            ("query", "select 1"),
        ];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let arguments = Arguments(values.into_iter().collect());
        for name in dfa_catalog::dataframe::names() {
            let columns: Vec<String> = ["id", "ds", "y", "name"].map(str::to_owned).to_vec();
            let begun = crate::begin(name, &arguments, &columns);
            assert!(begun.is_ok(), "{name}: {:?}", begun.err());
        }
    }
    #[test]
    fn the_models_that_catalogs_may_name_are_those_that_there_are() {
        let there: Vec<&str> = dfa_forecast::Model::names().collect();
        assert_eq!(dfa_catalog::dataframe::MODELS, there);
    }
}
