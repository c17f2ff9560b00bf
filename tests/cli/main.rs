//! The command `dfa`, called as a user calls it.

mod catalog;
mod catalog_sql;
mod delimited;
mod export;
mod import;
mod inputs;
mod key;
mod landing;
mod load;
mod objects;
mod parquet;
mod pipeline;
mod pooler;
mod round;
mod settings;
mod tables;
mod user;
