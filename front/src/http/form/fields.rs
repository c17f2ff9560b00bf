//! The declaration of the fields of a request.

use super::given::GivenFields;
use serde_json::{json, Value};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, RefOr, Required, Schema};

/// What a request may say. Made by `fields!`.
pub trait RequestFields: Sized {
    /// Takes them out of what was given; what is wrong with them is noted there.
    fn read(given: &mut GivenFields) -> Self;

    /// JSON Schema of a body that has them.
    fn document() -> Value;
}

/// A struct of the fields of a request, each with its words and its [`FieldKind`](super::FieldKind), which reads it and describes it.
macro_rules! fields {
    (
        $(#[doc = $about:literal])*
        $vis:vis struct $name:ident {
            $( $(#[doc = $words:literal])* $field:ident: $type:ty = $kind:expr, )*
        }
        $(checked by $check:path)?
    ) => {
        $(#[doc = $about])*
        $vis struct $name {
            $( $(#[doc = $words])* pub $field: $type, )*
        }

        impl $crate::http::form::RequestFields for $name {
            #[allow(unused_variables)]
            fn read(given: &mut $crate::http::form::GivenFields) -> Self {
                let fields = $name {
                    $( $field: $crate::http::form::FieldKind::read(&$kind, given, stringify!($field)), )*
                };
                $( $check(&fields, given); )?
                fields
            }

            #[allow(unused_mut)]
            fn document() -> serde_json::Value {
                let mut body = $crate::http::form::schema_of(concat!($($about, "\n"),*));
                $( $crate::http::form::FieldKind::describe(&$kind, stringify!($field), concat!($($words, "\n"),*), &mut body); )*
                body
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::form::carried(<$name as $crate::http::form::RequestFields>::document())
            }
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $crate::http::form::parameters(&<$name as $crate::http::form::RequestFields>::document())
            }
        }
    };
}
pub(crate) use fields;

fields! {
    /// A request that says all by its address.
    pub struct NoFields {}
}

/// Doc comments as the document has them.
pub fn words(comment: &str) -> String {
    comment.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// An object of nothing yet.
pub fn schema_of(about: &str) -> Value {
    json!({
        "type": "object",
        "description": words(about),
        "properties": {},
        "additionalProperties": false,
    })
}

/// A schema as utoipa lets it through: the types of that crate do not know all of JSON Schema. `schema::complete` unpacks it.
pub fn carried(schema: Value) -> RefOr<Schema> {
    let extensions = ExtensionsBuilder::new().add(CARRIED, schema).build();
    ObjectBuilder::new().extensions(Some(extensions)).into()
}

/// The name under which a schema is carried.
pub const CARRIED: &str = "x-schema";

/// The fields of a query. The data itself is the body.
pub fn parameters(document: &Value) -> Vec<Parameter> {
    let required = |name: &str| {
        let needed = document["required"].as_array();
        needed.is_some_and(|needed| needed.iter().any(|needed| needed == name))
    };
    let properties = document["properties"].as_object().into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let words = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(if required(name) { Required::True } else { Required::False })
            .description(words.as_ref().and_then(Value::as_str))
            .schema(Some(carried(schema)))
            .build()
    };
    properties.filter(|(name, _)| *name != "data").map(parameter).collect()
}
