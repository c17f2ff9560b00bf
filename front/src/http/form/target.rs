//! The table or the pipeline that a request is about.

use super::given::GivenFields;
use super::kind::FieldKind;
use serde_json::{json, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: &'static str,
    pub name: String,
}

const NAMES: [&str; 2] = ["table_name", "pipeline_name"];

/// `table_name` or `pipeline_name`, or neither; each with its words.
pub struct SomeTarget {
    pub table: &'static str,
    pub pipeline: &'static str,
}

impl FieldKind for SomeTarget {
    type Value = Option<Target>;

    fn read(&self, given: &mut GivenFields, _: &'static str) -> Option<Target> {
        match NAMES.map(|name| given.text(name)) {
            [Some(_), Some(_)] => given.refuse("pipeline_name", "stands beside table_name: give one of them"),
            [Some(name), None] => Some(Target { kind: "table", name }),
            [None, Some(name)] => Some(Target { kind: "pipeline", name }),
            [None, None] => None,
        }
    }

    fn schema(&self) -> Value {
        json!({ "type": ["string", "null"], "pattern": super::kind::TEXT })
    }

    /// Not both.
    fn describe(&self, _: &str, _: &str, body: &mut Value) {
        describe(body, &self.schema(), [self.table, self.pipeline]);
    }
}

/// [`SomeTarget`], which this request cannot do without.
pub struct NeededTarget {
    pub table: &'static str,
    pub pipeline: &'static str,
}

impl FieldKind for NeededTarget {
    type Value = Target;

    fn read(&self, given: &mut GivenFields, name: &'static str) -> Target {
        let errors = given.errors();
        let target = SomeTarget { table: self.table, pipeline: self.pipeline }.read(given, name);
        target.unwrap_or_else(|| {
            if given.errors() == errors {
                given.refuse::<()>("table_name", "is missing, and so is pipeline_name: give one of them");
            }
            Target { kind: "table", name: String::new() }
        })
    }

    /// A name that is there is not empty.
    fn schema(&self) -> Value {
        json!({ "type": "string", "minLength": 1, "pattern": "\\S" })
    }

    /// One of them, and not both.
    fn describe(&self, _: &str, _: &str, body: &mut Value) {
        describe(body, &self.schema(), [self.table, self.pipeline]);
        body["anyOf"] = NAMES.iter().map(|name| json!({ "required": [name] })).collect();
    }
}

fn describe(body: &mut Value, schema: &Value, words: [&str; 2]) {
    for (name, words) in NAMES.into_iter().zip(words) {
        body["properties"][name] = schema.clone();
        body["properties"][name]["description"] = json!(words);
    }
    let given = json!({ "type": "string", "pattern": "\\S" });
    body["not"] = json!({ "required": NAMES, "properties": { NAMES[0]: given, NAMES[1]: given } });
}
