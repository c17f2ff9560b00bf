//! What a type of Rust cannot say of a request: which fields exclude each other, what a text may hold, what a form is.

use serde_json::{json, Map, Value};

/// Any text that a database takes.
const TEXT: &str = "^[^\\u0000]*$";
/// What has fields, and whether it cannot do without the name of a table or pipeline.
const BODIES: [(&str, bool); 10] = [
    ("SetupFields", false),
    ("RetentionFields", false),
    ("RunFields", true),
    ("BackfillFields", true),
    ("PutFields", false),
    ("DeleteFields", false),
    ("NotifyFields", false),
    ("LoadFields", false),
    ("CheckFields", false),
    ("DiffFields", false),
];
const JSON: &str = "application/json";

/// Every day of a year, and 29 February of any.
const DATE: &str =
    "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])\
|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))";
const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?";
const OFFSET: &str = "(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?";

/// What a field takes, whichever request has it; none: what its type says.
fn takes(field: &str) -> Option<Value> {
    let text = |pattern: String| json!({ "type": "string", "pattern": format!("^({pattern})?$") });
    let choice = |words: &[&str]| {
        let mut schema = text(words.iter().map(|word| in_any_case(word)).collect::<Vec<_>>().join("|"));
        schema["default"] = json!(words[0]);
        schema["description"] = json!(format!("{}, in any case", words.join(" or ")));
        schema
    };
    let flag = |default: &str| {
        let letter = format!("[YyNn]|{}|{}", in_any_case("true"), in_any_case("false"));
        json!({ "anyOf": [{ "type": "boolean" }, text(letter)], "default": default, "example": default })
    };
    Some(match field {
        "background" => flag("Y"),
        "prune" | "whole" | "strict" | "only_gaps" | "downstream" | "drop_table" | "drop_schema"
        | "drop_scheme" | "cascade" => flag("N"),
        "initial_data" | "drop_before_create" => {
            let letters = format!(
                "[YyNn]|[AaSsIiCcPpFf]+(, ?[AaSsIiCcPpFf]+)*|{}|{}",
                in_any_case("true"),
                in_any_case("false")
            );
            json!({ "anyOf": [{ "type": "boolean" }, text(letters)], "default": "N", "example": "N" })
        }
        "run_mode" => choice(&["common", "rerun"]),
        "mode" => choice(&["insert", "update"]),
        "ingest_mode" => choice(&["common", "merge"]),
        "on_error" => choice(&["reject", "skip"]),
        "update_date" => {
            let mut moment = text(format!("{DATE}([T ]{TIME}{OFFSET})?"));
            moment["example"] = json!("2021-01-31T06:00:00Z");
            moment
        }
        _ => return None,
    })
}

/// Dates of a run: a text or a list.
fn dates() -> Value {
    let text = json!({ "type": "string", "pattern": format!("^({DATE}( ?, ?{DATE})*)?$"), "example": "2021-01-30, 2021-01-31" });
    let list = json!({ "type": "array", "maxItems": 1000, "items": { "type": "string", "pattern": format!("^{DATE}$") } });
    json!({ "anyOf": [text, list, { "type": "null" }] })
}

/// One row or several.
fn rows() -> Value {
    json!({ "anyOf": [{ "type": "object" }, { "type": "array", "items": { "type": "object" } }] })
}

/// A list may be its one item.
fn one_or_several(list: &Value) -> Value {
    json!({ "anyOf": [list["items"], list] })
}

/// Letters of either case.
fn in_any_case(word: &str) -> String {
    word.chars().map(|letter| format!("[{}{letter}]", letter.to_ascii_uppercase())).collect()
}

/// Completes the document that the types gave.
pub fn complete(document: &mut Value) {
    for (name, needs_target) in BODIES {
        let schema = &mut document["components"]["schemas"][name];
        body(schema, needs_target);
        fields(schema, name);
        // A form has texts: an empty one stands for nothing, and there is neither null nor a list.
        let mut form = schema.clone();
        each(&mut form["properties"], |_, property| {
            without_null(property);
            if let Some(kinds) = property.get_mut("anyOf").and_then(Value::as_array_mut) {
                kinds.iter_mut().for_each(without_null);
                kinds.retain(|kind| kind.get("type").is_none_or(|kind| kind == "string"));
            }
        });
        document["components"]["schemas"][format!("{name}Form")] = form;
    }
    headers(document);
    each(&mut document["paths"], |path, operations| {
        each(operations, |method, operation| {
            // A method of a generated client each: one handler takes both.
            if (method, path) == ("post", "/api/ai/put/{shortname}") {
                operation["operationId"] = json!("post_rows");
            }
            complete_operation(path, operation);
        });
    });
}

/// What all fields of a name take, with the words of this one.
fn fields(schema: &mut Value, body: &str) {
    each(&mut schema["properties"], |name, property| {
        let known = match (name, body) {
            ("run_date", "RunFields") => Some(dates()),
            ("data", "PutFields" | "DeleteFields") => Some(rows()),
            ("data", _) => Some(one_or_several(property)),
            ("choose", _) => {
                let text = json!({ "type": "string", "pattern": TEXT });
                Some(
                    json!({ "anyOf": [text.clone(), { "type": "array", "items": text }, { "type": "null" }] }),
                )
            }
            (name, _) => takes(name).map(or_null),
        };
        let Some(mut known) = known else { return };
        if let Some(words) = property.get("description").filter(|_| known.get("description").is_none()) {
            known["description"] = words.clone();
        }
        match (name, body) {
            ("background", "PutFields") => known["default"] = json!("N"),
            ("strict", "LoadFields") => known["default"] = json!("Y"),
            _ => {}
        }
        *property = known;
    });
}

/// JSON may say that a field is not given.
fn or_null(mut schema: Value) -> Value {
    match schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        Some(kinds) => kinds.push(json!({ "type": "null" })),
        None => schema["type"] = json!([schema["type"], "null"]),
    }
    schema
}

/// Headers of answers, by name, for all to refer to.
fn headers(document: &mut Value) {
    let text = |words: &str| json!({ "description": words, "schema": { "type": "string" } });
    let number = |words: &str| json!({ "description": words, "schema": { "type": "integer", "minimum": 0 } });
    document["components"]["headers"] = json!({
        "RequestId": text("The id of the request, as it came or made here; the log has it, too"),
        "Location": text("Where the task tells how far it is"),
        "Replayed": text("true: the answer of an earlier request with the same Idempotency-Key"),
        "RetryAfter": number("Seconds after which it may be sent again"),
        "Challenge": text("APIKEY"),
        "RateLimit": number("Requests that may be sent at once, where DFA_RATE_LIMIT is set"),
        "RateRemaining": number("How many of these are left"),
        "RateReset": number("Seconds after which all are there again"),
    });
}

/// No other fields; not both names; one of them where it is needed.
fn body(schema: &mut Value, needs_target: bool) {
    schema["additionalProperties"] = json!(false);
    let needed = schema["required"].clone();
    let is_needed = |name: &str| needed.as_array().is_some_and(|names| names.contains(&json!(name)));
    each(&mut schema["properties"], |name, property| {
        texts_without_nul(property);
        if property.get("format").is_some_and(|format| format == "date") && !is_needed(name) {
            or_empty(property);
        }
    });
    let [table, pipeline] = ["table_name", "pipeline_name"];
    if schema["properties"].get(pipeline).is_some() {
        let given = json!({ "type": "string", "pattern": "\\S" });
        let both = json!({ table: given, pipeline: given });
        schema["not"] = json!({ "required": [table, pipeline], "properties": both });
    }
    if needs_target {
        // A name that is there is not empty.
        for target in [table, pipeline] {
            schema["properties"][target] = json!({ "type": "string", "minLength": 1, "pattern": "\\S" });
        }
        schema["anyOf"] = json!([{ "required": [table] }, { "required": [pipeline] }]);
    }
}

fn complete_operation(path: &str, operation: &mut Value) {
    answers(operation);
    if path == "/api/ai/put/{shortname}" {
        query_fields(operation);
    }
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.iter_mut().for_each(parameter);
    }
    let Some(body) = operation.get_mut("requestBody") else { return };
    let mut optional = false;
    each(&mut body["content"], |kind, content| {
        let Some(name) = content["schema"]["$ref"].as_str().and_then(|it| it.rsplit('/').next()) else {
            return;
        };
        optional |= ["SetupFields", "RetentionFields", "NotifyFields"].contains(&name);
        if kind != JSON {
            content["schema"] = json!({ "$ref": format!("#/components/schemas/{name}Form") });
        }
    });
    body["required"] = json!(!optional);
}

/// The fields of NDJSON and CSV stand in the address; beside a body of JSON, which has them, they are refused.
fn query_fields(operation: &mut Value) {
    let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return };
    for name in ["mode", "ingest_mode", "update_date", "run_date", "background", "on_error"] {
        let mut schema =
            takes(name).unwrap_or_else(|| json!({ "type": "string", "pattern": format!("^({DATE})?$") }));
        if name == "background" {
            schema["default"] = json!("N");
        }
        parameters.push(json!({
            "name": name, "in": "query", "required": false, "schema": schema,
            "description": "With NDJSON and CSV, whose bodies have no fields; refused beside JSON",
        }));
    }
}

/// Which headers an answer may have, and the one answer that comes before there is a body.
fn answers(operation: &mut Value) {
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let writes = operation.get("requestBody").is_some()
        || operation["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|it| it["name"] == "Idempotency-Key"));
    operation["responses"]["431"] = json!({ "description": "The head of the request is too large" });
    each(&mut operation["responses"], |status, response| {
        let mut headers = Map::new();
        headers.insert("X-Request-Id".to_owned(), header("RequestId"));
        if writes && ["200", "500"].contains(&status) {
            headers.insert("Location".to_owned(), header("Location"));
            headers.insert("Idempotency-Replayed".to_owned(), header("Replayed"));
        }
        if ["409", "429", "503"].contains(&status) {
            headers.insert("Retry-After".to_owned(), header("RetryAfter"));
        }
        if status == "401" {
            headers.insert("WWW-Authenticate".to_owned(), header("Challenge"));
        }
        for (name, known) in [
            ("RateLimit-Limit", "RateLimit"),
            ("RateLimit-Remaining", "RateRemaining"),
            ("RateLimit-Reset", "RateReset"),
        ] {
            headers.insert(name.to_owned(), header(known));
        }
        response["headers"] = headers.into();
    });
}

fn parameter(parameter: &mut Value) {
    let schema = &mut parameter["schema"];
    without_null(schema);
    texts_without_nul(schema);
    if parameter["name"] == "limit"
        || parameter["schema"].get("format").is_some_and(|format| format == "date")
    {
        or_empty(&mut parameter["schema"]);
    }
    if parameter["in"] == "path" {
        parameter["schema"]["minLength"] = json!(1);
    }
}

/// What has no pattern yet may hold anything but NUL.
fn texts_without_nul(schema: &mut Value) {
    let kind = schema.get("type").cloned().unwrap_or_default();
    let is_text = kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")));
    if is_text && schema.get("pattern").is_none() && schema.get("format").is_none() {
        schema["pattern"] = json!(TEXT);
    }
}

/// An empty value is as good as none.
fn or_empty(schema: &mut Value) {
    let value = schema.take();
    *schema = json!({ "anyOf": [value, { "const": "" }] });
}

fn without_null(schema: &mut Value) {
    let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) else { return };
    kinds.retain(|kind| kind != "null");
    if let [kind] = kinds.as_slice() {
        schema["type"] = kind.clone();
    }
}

fn each(object: &mut Value, mut work: impl FnMut(&str, &mut Value)) {
    let members = object.as_object_mut().map(Map::iter_mut);
    members.into_iter().flatten().for_each(|(name, value)| work(name, value));
}
