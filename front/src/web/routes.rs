//! Which page is whose. `tests/web/rights.rs` reads this table and asks for each of its lines as everybody.

use super::{
    about, account, act, admin, assets, catalog, live, log, login, pipeline, pipelines, search, security,
    session, table, tables, task, tasks, today,
};
use crate::http::{until_the_end, within_a_look_up, App};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::Router;
use tower_http::compression::CompressionLayer;

/// All pages. From outside to inside: headers and foreign forms, compression, time, who it is.
pub fn routes(app: &App) -> Router<App> {
    let open = Router::new()
        .route("/static/{hash}/{name}", get(assets::serve))
        .route("/login", get(login::page).post(login::sign_in))
        .route("/choice", post(account::choose));
    let signed_in = Router::new()
        .route("/", get(today::page))
        .route("/pipelines", get(pipelines::page))
        .route("/pipelines/{name}", get(pipeline::page))
        .route("/tasks", get(tasks::page))
        .route("/t/{id}", get(task::page))
        .route("/t/{id}/cancel", get(act::ask_cancel).post(act::cancel))
        .route("/t/{id}/resume", get(act::ask_resume).post(act::resume))
        .route("/log", get(log::page))
        .route("/tables", get(tables::page))
        .route("/tables/{name}", get(table::page))
        .route("/catalog", get(catalog::page))
        .route("/catalog/{kind}/{name}", get(catalog::definition))
        .route("/admin", get(admin::page))
        .route("/search", get(search::page))
        .route("/run", get(act::ask_run).post(act::run))
        .route("/pause", get(act::ask_pause).post(act::pause))
        .route("/unpause", post(act::unpause))
        .route("/about", get(about::page))
        .route("/account", get(account::page))
        .route("/account/password", post(account::change_password))
        .route("/account/sessions", post(account::end_others))
        .route("/logout", post(login::sign_out));
    let signed_in = signed_in.layer(from_fn(within_a_look_up));
    // A stream has no end of its own.
    let signed_in = signed_in
        .route("/live", get(live::stream))
        .layer(from_fn_with_state(app.clone(), session::signed_in));
    open.merge(signed_in)
        .layer(from_fn_with_state(app.clone(), until_the_end))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::guard))
}
