//! Which page is whose. `tests/web/rights.rs` reads this table and asks for each of its lines as everybody.

use super::{
    about, account, act, admin, assets, audit, catalog, edit, freshness, ingest, live, log, login, note,
    password, pipeline, pipelines, search, security, session, table, tables, task, tasks, today,
};
use crate::http::{may_look, until_the_end, within_a_look_up, App};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, MethodRouter};
use axum::Router;
use tower_http::compression::CompressionLayer;

/// All pages. From outside to inside: headers and foreign forms, compression, time, who it is.
pub fn routes(app: &App) -> Router<App> {
    let open = Router::new()
        .route("/static/{hash}/{name}", get(assets::serve))
        .route("/login", get(login::page).post(login::sign_in))
        .route("/password", get(password::page).post(password::set))
        .route("/choice", post(account::choose));
    let signed_in = Router::new()
        .route("/", get(today::page))
        .route("/pipelines", get(pipelines::page))
        .route("/pipelines/{name}", get(pipeline::page))
        .route("/tasks", get(tasks::page))
        .route("/t/{id}", get(task::page))
        .route("/t/{id}/cancel", dialog::<act::Cancel>())
        .route("/t/{id}/resume", dialog::<act::Resume>())
        .route("/log", get(log::page))
        .route("/tables", get(tables::page))
        .route("/tables/{name}", get(table::page))
        .route("/freshness", get(freshness::page))
        .route("/tables/{name}/ingest", get(ingest::page).post(ingest::act))
        .route("/tables/{name}/refused", get(ingest::refused))
        .route("/catalog", get(catalog::page))
        .route("/catalog/{kind}/{name}", get(catalog::definition))
        .route("/edit", get(edit::page).post(edit::act))
        .route("/audit", get(audit::page))
        .route("/admin", get(admin::page))
        .route("/admin/parameter", dialog::<admin::SetParameter>())
        .route("/admin/people", get(admin::people))
        .route("/admin/people/add", dialog::<admin::AddPerson>())
        .route("/admin/people/role", dialog::<admin::SetRole>())
        .route("/admin/people/link", dialog::<admin::MakeLink>())
        .route("/admin/people/sessions", dialog::<admin::EndSessions>())
        .route("/admin/people/remove", dialog::<admin::RemovePerson>())
        .route("/admin/keys", get(admin::keys))
        .route("/admin/keys/add", dialog::<admin::AddKey>())
        .route("/admin/keys/revoke", dialog::<admin::RevokeKey>())
        .route("/admin/notify", get(admin::notify))
        .route("/admin/notify/channel", dialog::<admin::AddChannel>())
        .route("/admin/notify/channel/test", dialog::<admin::TestChannel>())
        .route("/admin/notify/channel/remove", dialog::<admin::RemoveChannel>())
        .route("/admin/notify/rule", dialog::<admin::AddRule>())
        .route("/admin/notify/rule/remove", dialog::<admin::RemoveRule>())
        .route("/search", get(search::page))
        .route("/run", dialog::<act::Run>())
        .route("/setup", dialog::<act::Setup>())
        .route("/retention", dialog::<act::Retention>())
        .route("/restore", dialog::<act::Restore>())
        .route("/pause", dialog::<act::Pause>())
        .route("/unpause", dialog::<act::Unpause>())
        .route("/note", dialog::<note::AddNote>())
        .route("/note/remove", dialog::<note::RemoveNote>())
        .route("/about", get(about::page))
        .route("/account", get(account::page))
        .route("/account/password", get(account::page).post(account::change_password))
        .route("/account/sessions", get(account::page).post(account::end_others))
        .route("/logout", post(login::sign_out));
    let signed_in =
        signed_in.layer(from_fn_with_state(app.clone(), may_look)).layer(from_fn(within_a_look_up));
    // A stream has no end of its own.
    let signed_in = signed_in
        .route("/live", get(live::stream))
        .layer(from_fn_with_state(app.clone(), session::signed_in));
    open.merge(signed_in)
        .layer(from_fn_with_state(app.clone(), until_the_end))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::guard))
}

/// What asks before it acts: its dialog, and its form.
fn dialog<A: act::Act>() -> MethodRouter<App> {
    get(act::ask::<A>).post(act::perform::<A>)
}
