//! The least that axum can do: what `GET /api` is measured against.

use axum::http::header;
use axum::routing::get;
use axum::Router;
use dfa_tests::{free_port, start_listening};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};

/// A process of its own, as the service is; it ends when this is dropped.
#[derive(Debug)]
pub struct Hello {
    child: Child,
    port: u16,
}

impl Hello {
    pub fn start() -> Hello {
        let port = free_port();
        let own = std::env::current_exe().expect("the path of this program");
        let mut command = Command::new(own);
        command.args(["hello", &port.to_string()]).stdin(Stdio::null());
        Hello { child: start_listening(&mut command, port), port }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api", self.port)
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves the words of `GET /api` until it is killed.
pub fn serve(port: u16) {
    const WORDS: &str = r#"{"message":"Success: Application was running ..."}"#;
    let hello =
        Router::new().route("/api", get(|| async { ([(header::CONTENT_TYPE, "application/json")], WORDS) }));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = tokio::net::TcpListener::bind(address).await.expect("a free port");
        axum::serve(listener, hello).await.expect("serves");
    });
}
