//! What a type of Rust cannot say of a request: which fields exclude each other, what a text may hold, what a form is.

use serde_json::{json, Map, Value};

/// Any text that a database takes.
const TEXT: &str = "^[^\\u0000]*$";
/// What has fields, and whether it cannot do without the name of a table or pipeline.
const BODIES: [(&str, bool); 7] = [
    ("SetupFields", false),
    ("RetentionFields", false),
    ("RunFields", true),
    ("BackfillFields", true),
    ("PutFields", false),
    ("DeleteFields", false),
    ("NotifyFields", false),
];
const JSON: &str = "application/json";

/// Completes the document that the types gave.
pub fn complete(document: &mut Value) {
    for (name, needs_target) in BODIES {
        let schema = &mut document["components"]["schemas"][name];
        body(schema, needs_target);
        // A form has texts: an empty one stands for nothing, and there is no null.
        let mut form = schema.clone();
        each(&mut form["properties"], |_, property| {
            without_null(property);
            if let Some(kinds) = property.get_mut("anyOf").and_then(Value::as_array_mut) {
                kinds.iter_mut().for_each(without_null);
            }
        });
        document["components"]["schemas"][format!("{name}Form")] = form;
    }
    each(&mut document["paths"], |_, path| each(path, |_, operation| complete_operation(operation)));
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

fn complete_operation(operation: &mut Value) {
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
