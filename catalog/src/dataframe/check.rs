//! Whether a process fits the function that it names, as far as names tell.

use super::functions::{named, names};
use super::select::{selected, taken, Taken};
use super::signature::{Input, Output, Parameter, Signature, Takes};
use super::value::elements;
use crate::model::Script;
use crate::name::suggest;

/// What is wrong, and what may have been meant.
pub type Fault = (String, Option<String>);

/// Faults of a process that gives `load`'s rows to `function` with these `arguments` of its own.
pub fn check(function: &str, load: &Script, save: &Script, arguments: &[(String, String)]) -> Vec<Fault> {
    let Some(signature) = named(function) else {
        let hint = suggest(function.trim(), names()).map_or_else(
            || format!("the functions are {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean '{near}'?"),
        );
        return vec![(format!("function '{}' is not known", function.trim()), Some(hint))];
    };
    let known = || signature.parameters.iter().map(|it| it.name);
    let mut found = Vec::new();
    for (name, value) in arguments {
        if let Some(parameter) = signature.parameter(name) {
            found.extend(fault_of_value(parameter, value));
        } else {
            let hint = suggest(name, known()).map_or_else(
                || format!("it takes {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            found.push((format!("function '{}' takes no '{name}'", signature.name), Some(hint)));
        }
    }
    let listed = |name: &str| {
        let lists = [&load.parameters, &save.parameters];
        lists.iter().any(|list| list.iter().any(|it| it == name)) || arguments.iter().any(|it| it.0 == name)
    };
    for parameter in signature.parameters.iter().filter(|it| it.required) {
        if !listed(parameter.name) && !parameter.aliases.iter().any(|alias| listed(alias)) {
            let message =
                format!("function '{}' needs '{}': {}", signature.name, parameter.name, parameter.about);
            let hint =
                format!("list it under `parameter`, or give it under `arguments`: {}: …", parameter.name);
            found.push((message, Some(hint)));
        }
    }
    found.extend(fault_of_load(signature, load));
    found.extend(save.statements.iter().filter_map(|statement| fault_of_save(signature, statement)));
    found
}

/// A value that a parameter does not take, where no {placeholder} of it is still to be filled in.
fn fault_of_value(parameter: &Parameter, value: &str) -> Option<Fault> {
    let name = parameter.name;
    if value.contains('{') {
        return None;
    }
    match parameter.takes {
        Takes::Anything => None,
        Takes::Whole(least, most) => {
            let is_within = value.trim().parse().is_ok_and(|number| (least..=most).contains(&number));
            let message = format!("'{name}' is a whole number from {least} to {most}, and this is '{value}'");
            (!is_within).then_some((message, None))
        }
        Takes::Words(words) => {
            let is_known = |it: &String| words.iter().any(|word| word.eq_ignore_ascii_case(it));
            let unknown = elements(value).into_iter().find(|it| !is_known(it))?;
            let hint = suggest(&unknown, words.iter().copied()).map_or_else(
                || format!("it takes {}", words.join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            Some((format!("'{unknown}' of '{name}' is not known"), Some(hint)))
        }
    }
}

/// Columns that the query of `load` does not give.
fn fault_of_load(signature: &Signature, load: &Script) -> Option<Fault> {
    let name = signature.name;
    let columns = selected(load.statements.last()?)?;
    let number = columns.len();
    let wrong = |wanted: String| {
        Some((format!("function '{name}' needs {wanted} of its load, which gives {number}"), None))
    };
    match &signature.input {
        Input::AtLeast(least) if number < *least => wrong(format!("{least} columns at least")),
        Input::Exactly(exactly) if number != *exactly => wrong(format!("{exactly} columns")),
        Input::Named(wanted) => {
            // One whose name only the server knows may be the one.
            let given: Vec<String> = columns.into_iter().collect::<Option<_>>()?;
            let is_given = |name: &str| given.iter().any(|it| it.eq_ignore_ascii_case(name));
            let missing: Vec<&str> = wanted.iter().map(|it| it.name).filter(|name| !is_given(name)).collect();
            let message = format!("function '{name}' needs '{}' of its load", missing.join("', '"));
            let hint = format!("the load gives {}; name a column: … as id", given.join(", "));
            (!missing.is_empty()).then_some((message, Some(hint)))
        }
        _ => None,
    }
}

/// A `save` that names other columns than the function gives.
fn fault_of_save(signature: &Signature, statement: &str) -> Option<Fault> {
    let Output::Columns(columns) = &signature.output else { return None };
    let (given, names) = (columns.len(), columns.iter().map(|it| it.name).collect::<Vec<_>>().join(", "));
    let named = match taken(statement)? {
        Taken::All(named) if named != given => named,
        Taken::First(named) if named > given => named,
        _ => return None,
    };
    let message = format!("save names {named} columns, and function '{}' gives {given}", signature.name);
    Some((message, Some(format!("it gives {names}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    fn script(parameters: &[&str]) -> Script {
        let parameters = parameters.iter().map(|name| (*name).to_owned()).collect();
        Script { place: Place::default(), parameters, statements: vec!["select * from t".to_owned()] }
    }

    fn faults(function: &str, listed: &[&str], arguments: &[&str]) -> Vec<String> {
        let arguments: Vec<_> = arguments.iter().map(|it| ((*it).to_owned(), String::new())).collect();
        check(function, &script(listed), &script(&[]), &arguments).into_iter().map(|it| it.0).collect()
    }

    #[test]
    fn a_name_that_nobody_knows_is_a_fault() {
        assert_eq!(faults("forcast", &[], &[]), ["function 'forcast' is not known"]);
        assert!(faults("forecast", &[], &[]).is_empty());
        assert!(faults("app.vendor.replenishment.run_prod_cls_criteria", &[], &[]).is_empty());
    }

    #[test]
    fn what_a_function_needs_may_be_listed_or_given() {
        assert_eq!(
            faults("rolling", &[], &[]),
            ["function 'rolling' needs 'window': rows, this one included"]
        );
        assert!(faults("rolling", &["window"], &[]).is_empty());
        let given = [("window".to_owned(), "3".to_owned())];
        assert!(check("rolling", &script(&[]), &script(&[]), &given).is_empty());
    }

    #[test]
    fn an_argument_that_a_function_does_not_take_is_a_fault() {
        assert_eq!(faults("forecast", &[], &["horizon"]), ["function 'forecast' takes no 'horizon'"]);
        assert!(faults("forecast", &[], &["model"]).is_empty());
    }

    #[test]
    fn a_value_that_a_parameter_does_not_take_is_a_fault() {
        let fault = |name: &str, value: &str| {
            let arguments = [(name.to_owned(), value.to_owned())];
            check("forecast", &script(&[]), &script(&[]), &arguments)
                .pop()
                .map_or_else(String::new, |it| it.0)
        };
        assert_eq!(fault("model", r#"["expo01", "EXPO9"]"#), "'EXPO9' of 'forecast_model' is not known");
        assert_eq!(fault("forecast_period", "hour"), "'hour' of 'forecast_period' is not known");
        assert!(
            fault("forecast_test_period", "0").starts_with("'forecast_test_period' is a whole number from 1")
        );
        for (name, value) in
            [("model", "[expo01, Theta]"), ("model", "{models}"), ("forecast_test_period", "3")]
        {
            assert_eq!(fault(name, value), "", "{name} {value}");
        }
    }
    fn columns(function: &str, load: &str, save: &str) -> Vec<String> {
        let of = |statement: &str| Script { statements: vec![statement.to_owned()], ..script(&[]) };
        check(function, &of(load), &of(save), &[]).into_iter().map(|it| it.0).collect()
    }

    #[test]
    fn columns_that_a_load_does_not_give_or_a_save_does_not_get_are_faults() {
        let save = "insert into t {function_value}";
        assert_eq!(
            columns("forecast", "select id, day, y from t", save),
            ["function 'forecast' needs 'ds' of its load"]
        );
        assert_eq!(
            columns("prod_cls_criteria", "select a, b, c from t", save),
            ["function 'prod_cls_criteria' needs 4 columns of its load, which gives 3"]
        );
        assert_eq!(
            columns("abc_class", "select id, y from t", "insert into t (a, b) values {function_value}"),
            ["save names 2 columns, and function 'abc_class' gives 5"]
        );
        let load = "select id, ds, coalesce(y, 0) from t";
        assert!(
            columns("forecast", load, "insert into t select a from ({function_value}) as f (a)").is_empty()
        );
    }
}
