//! Whether a process fits the function that it names, as far as names tell.

use super::table::{named, names};
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
    for (name, _) in arguments {
        if signature.parameter(name).is_none() {
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
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    fn script(parameters: &[&str]) -> Script {
        let parameters = parameters.iter().map(|name| (*name).to_owned()).collect();
        Script { place: Place::default(), parameters, statements: vec!["select 1".to_owned()] }
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
        assert!(faults("rolling", &[], &["window"]).is_empty());
    }

    #[test]
    fn an_argument_that_a_function_does_not_take_is_a_fault() {
        assert_eq!(faults("forecast", &[], &["horizon"]), ["function 'forecast' takes no 'horizon'"]);
        assert!(faults("forecast", &[], &["model"]).is_empty());
    }
}
