//! The command `dfa`, called as a user calls it.

mod catalog;
mod catalog_sql;
mod delimited;
mod inputs;
mod key;
mod landing;
mod load;
mod objects;
mod parquet;
mod pipeline;
mod pooler;
mod readme;
mod settings;
mod tables;
mod user;
