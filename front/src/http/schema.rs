//! What a type of Rust cannot say of a request: what its fields take, what a form is, which headers an answer has.

use super::form::CARRIED;
use serde_json::{json, Map, Value};

const JSON: &str = "application/json";

/// Completes the document that the types gave.
pub fn complete(document: &mut Value) {
    each(&mut document["components"]["schemas"], |_, schema| unpack(schema));
    headers(document);
    let Value::Object(mut schemas) = document["components"]["schemas"].take() else { return };
    each(&mut document["paths"], |path, operations| {
        each(operations, |method, operation| {
            // A method of a generated client each: one handler takes both.
            if (method, path) == ("post", "/api/ai/put/{shortname}") {
                operation["operationId"] = json!("post_rows");
            }
            complete_operation(operation, &mut schemas);
        });
    });
    document["components"]["schemas"] = schemas.into();
}

/// A schema of ours in place of what carries it.
fn unpack(schema: &mut Value) {
    if let Some(carried) = schema.get_mut(CARRIED) {
        *schema = carried.take();
    }
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

fn complete_operation(operation: &mut Value, schemas: &mut Map<String, Value>) {
    answers(operation);
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.iter_mut().for_each(parameter);
    }
    let Some(body) = operation.get_mut("requestBody") else { return };
    let mut required = false;
    each(&mut body["content"], |kind, content| {
        let name = content["schema"]["$ref"].as_str().and_then(|it| it.rsplit('/').next()).map(str::to_owned);
        let schema = name.as_ref().and_then(|name| schemas.get(name));
        required |= schema.is_none_or(is_needed);
        if let (false, Some(name), Some(schema)) = (kind == JSON, name, schema) {
            let name = format!("{name}Form");
            content["schema"] = json!({ "$ref": format!("#/components/schemas/{name}") });
            schemas.insert(name, of_form(schema));
        }
    });
    body["required"] = json!(required);
}

/// Whether there is something that a body cannot do without.
fn is_needed(body: &Value) -> bool {
    body.get("anyOf").is_some() || body["required"].as_array().is_some_and(|names| !names.is_empty())
}

/// A form has texts: an empty one stands for nothing, and there is neither null nor a list.
fn of_form(schema: &Value) -> Value {
    let mut form = schema.clone();
    each(&mut form["properties"], |_, property| {
        without_null(property);
        if let Some(kinds) = property.get_mut("anyOf").and_then(Value::as_array_mut) {
            kinds.retain(|kind| kind.get("type").is_none_or(|kind| kind == "string"));
        }
    });
    form
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
    unpack(schema);
    without_null(schema);
    texts_without_nul(schema);
    if parameter["in"] == "path" {
        parameter["schema"]["minLength"] = json!(1);
    }
}

/// What has no pattern yet may hold anything but NUL.
fn texts_without_nul(schema: &mut Value) {
    let kind = schema.get("type").cloned().unwrap_or_default();
    let is_text = kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")));
    if is_text && schema.get("pattern").is_none() && schema.get("format").is_none() {
        schema["pattern"] = json!(super::form::TEXT);
    }
}

/// JSON may say that a field is not given; a form and an address leave it out.
fn without_null(schema: &mut Value) {
    if let Some(kinds) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind.get("type").is_none_or(|kind| kind != "null"));
        kinds.iter_mut().for_each(without_null);
    }
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
