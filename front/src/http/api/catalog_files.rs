//! The catalogs that a request brings.

use crate::http::form::{self, FieldKind};
use serde::Deserialize;
use serde_json::{json, Value};
use utoipa::ToSchema;

/// A file of catalogs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogText {
    /// What messages call it.
    #[schema(example = "catalog/catalog_src_sales.yaml", pattern = "^[^\\u0000]*$")]
    pub source: String,
    /// YAML.
    #[schema(example = "src_sales: {create: {features: {id: bigint}}}", pattern = "^[^\\u0000]*$")]
    pub text: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrSeveral {
    One(CatalogText),
    Several(Vec<CatalogText>),
}

/// One file, or a list.
pub struct Files;

impl FieldKind for Files {
    type Value = Vec<CatalogText>;

    fn read(&self, given: &mut form::GivenFields, name: &'static str) -> Vec<CatalogText> {
        let files = given.data(name).and_then(|data| match serde_json::from_str(&data) {
            Ok(OneOrSeveral::One(file)) => Some(vec![file]),
            Ok(OneOrSeveral::Several(files)) => Some(files),
            Err(_) => {
                given.refuse(name, "is neither {\"source\": …, \"text\": …} nor a list of such objects")
            }
        });
        let files = given.needed(name, files);
        if files.iter().any(|file| file.source.contains('\0') || file.text.contains('\0')) {
            given.refuse::<()>(name, "holds a NUL character");
        }
        files
    }

    fn schema(&self) -> Value {
        let file = json!({ "$ref": "#/components/schemas/CatalogText" });
        json!({ "anyOf": [file, { "type": "array", "items": file }] })
    }

    fn is_needed(&self) -> bool {
        true
    }
}
