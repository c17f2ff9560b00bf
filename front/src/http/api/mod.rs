//! The requests under `/api/ai`: a file for each, which has its method and path, its fields, its answer and what it does.

use super::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod audit;
mod backfill;
mod bulk;
mod cancel;
mod catalog_files;
mod catalogs;
mod check_catalogs;
mod data;
mod delete;
mod dependency;
mod diff_catalogs;
mod files;
mod freshness;
mod incidents;
mod keys;
mod load_catalogs;
mod logs;
mod notes;
mod notify;
mod pause;
mod pipelines;
mod plan;
mod preview;
pub mod process;
mod put;
mod rejected;
mod resume;
mod retention;
mod setup;
mod slots;
mod submit;
mod tables;
mod target;
mod tasks;
mod why;

pub use catalog_files::CatalogText;
pub use put::of_rows;

/// All of them, in the order in which the document has them.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(setup::run))
        .routes(routes!(data::run))
        .routes(routes!(retention::run))
        .routes(routes!(backfill::run))
        .routes(routes!(preview::get))
        .routes(routes!(put::put))
        .routes(routes!(delete::delete))
        .routes(routes!(process::get))
        .routes(routes!(dependency::get))
        .routes(routes!(pipelines::list))
        .routes(routes!(tables::list))
        .routes(routes!(logs::list))
        .routes(routes!(catalogs::get))
        .routes(routes!(load_catalogs::load))
        .routes(routes!(check_catalogs::check_catalogs))
        .routes(routes!(diff_catalogs::diff_catalogs))
        .routes(routes!(plan::get))
        .routes(routes!(tasks::list))
        .routes(routes!(audit::list))
        .routes(routes!(rejected::list))
        .routes(routes!(slots::list))
        .routes(routes!(bulk::preview, bulk::change))
        .routes(routes!(cancel::cancel))
        .routes(routes!(resume::resume))
        .routes(routes!(notify::notify))
        .routes(routes!(why::get))
        .routes(routes!(freshness::list))
        .routes(routes!(pause::list, pause::pause))
        .routes(routes!(pause::unpause))
        .routes(routes!(files::list))
        .routes(routes!(files::skip))
        .routes(routes!(notes::list, notes::add))
        .routes(routes!(notes::remove))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::deliveries))
        .routes(routes!(incidents::test))
        .routes(routes!(keys::list, keys::add))
        .routes(routes!(keys::revoke))
}
