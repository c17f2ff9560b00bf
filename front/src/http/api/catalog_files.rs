//! The catalogs that a request brings.

use crate::http::form::Form;
use serde::Deserialize;
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
enum Given {
    One(CatalogText),
    Several(Vec<CatalogText>),
}

/// The files of field `data`: one, or a list.
pub fn read(form: &mut Form, data: Option<String>) -> Vec<CatalogText> {
    let files = data.and_then(|data| match serde_json::from_str(&data) {
        Ok(Given::One(file)) => Some(vec![file]),
        Ok(Given::Several(files)) => Some(files),
        Err(_) => form.refuse("data", "is neither {\"source\": …, \"text\": …} nor a list of such objects"),
    });
    let files = form.needed("data", files);
    if files.iter().any(|file| file.source.contains('\0') || file.text.contains('\0')) {
        form.refuse::<()>("data", "holds a NUL character");
    }
    files
}
