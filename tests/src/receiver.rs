//! An HTTP server that takes what it is sent: the other end of webhooks.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::Router;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    /// Its body.
    ///
    /// # Panics
    /// When it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a body of JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    status: AtomicU16,
    /// Milliseconds before an answer.
    slow: AtomicU64,
}

/// Listens until it is dropped.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Receiver {
    /// At a free port.
    pub fn start() -> Receiver {
        Receiver::at(SocketAddr::from(([127, 0, 0, 1], 0)), Arc::default())
    }

    /// # Panics
    /// When nothing can listen there.
    fn at(address: SocketAddr, shared: Arc<Shared>) -> Receiver {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind(address)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Receiver { address, shared, runtime: Some(runtime) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers this from now on; a redirect leads to `/elsewhere`.
    pub fn answer(&self, status: u16) {
        self.shared.status.store(status, Ordering::SeqCst);
    }

    /// Takes so long for an answer from now on.
    pub fn slow(&self, pause: Duration) {
        self.shared.slow.store(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// What came so far.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the list.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("no writer panics").clone()
    }

    /// Ends in the middle of whatever it does; nothing listens at its port any more.
    pub fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// Listens at the same port again, and knows what came before.
    pub fn revive(&mut self) {
        let started = std::time::Instant::now();
        while std::net::TcpStream::connect(self.address).is_ok() {
            assert!(started.elapsed() < crate::DEADLINE, "something still listens at {}", self.address);
        }
        *self = Receiver::at(self.address, Arc::clone(&self.shared));
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn take(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    if let Ok(mut received) = shared.received.lock() {
        received.push(Received { path: uri.path().to_owned(), headers, body });
    }
    tokio::time::sleep(Duration::from_millis(shared.slow.load(Ordering::SeqCst))).await;
    let status = StatusCode::from_u16(shared.status.load(Ordering::SeqCst)).unwrap_or(StatusCode::OK);
    (status, [("location", "/elsewhere")], "what it says").into_response()
}
