//! Asks the server to cancel a statement, and waits until the server has heard it.
//!
//! The request goes over a connection of its own, which the server closes when it has passed the request on. libpq waits
//! for that; a client that closes first makes pgbouncer 1.18 die (its issue 801), and may be overtaken by what it sends next.

use super::tls::Connector;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::Host;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_postgres::{CancelToken, Config};

/// How long one request may take, connecting and waiting for the server to close included.
const AT_MOST: Duration = Duration::from_secs(5);

/// The ways to the servers that a session may be at.
#[derive(Clone)]
pub struct Canceller {
    servers: Vec<Server>,
    tls: Connector,
}

#[derive(Clone)]
enum Server {
    Tcp { name: String, address: String, port: u16 },
    Socket(PathBuf),
}

impl Canceller {
    pub fn new(config: &Config, tls: Connector) -> Self {
        let port = |place: usize| {
            let ports = config.get_ports();
            ports.get(place).or_else(|| ports.first()).copied().unwrap_or(5432)
        };
        let server = |(place, host): (usize, &Host)| match host {
            Host::Unix(folder) => Server::Socket(folder.join(format!(".s.PGSQL.{}", port(place)))),
            Host::Tcp(name) => {
                let address =
                    config.get_hostaddrs().get(place).map_or_else(|| name.clone(), ToString::to_string);
                Server::Tcp { name: name.clone(), address, port: port(place) }
            }
        };
        Canceller { servers: config.get_hosts().iter().enumerate().map(server).collect(), tls }
    }

    /// Cancels the statement of a session, if there is one. At which of several addresses the session is, the driver alone
    /// knows: each is asked, and those that do not know the key of the session do nothing.
    pub async fn cancel(&self, token: &CancelToken) -> io::Result<()> {
        let mut heard = Err(io::Error::new(io::ErrorKind::NotFound, "no address of the database is known"));
        for server in &self.servers {
            let asked = tokio::time::timeout(AT_MOST, self.ask(server, token)).await;
            let asked = asked.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            if heard.is_err() {
                heard = asked;
            }
        }
        heard
    }

    async fn ask(&self, server: &Server, token: &CancelToken) -> io::Result<()> {
        match server {
            Server::Socket(path) => self.send(UnixStream::connect(path).await?, "", token).await,
            Server::Tcp { name, address, port } => {
                let mut heard = Err(io::ErrorKind::AddrNotAvailable.into());
                for address in tokio::net::lookup_host((address.as_str(), *port)).await? {
                    let asked = match TcpStream::connect(address).await {
                        Ok(stream) => self.send(stream, name, token).await,
                        Err(error) => Err(error),
                    };
                    if heard.is_err() {
                        heard = asked;
                    }
                }
                heard
            }
        }
    }

    async fn send<S>(&self, stream: S, host: &str, token: &CancelToken) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let tls = Patiently(self.tls.for_stream::<Patient<S>>(host)?);
        token.cancel_query_raw(Patient(stream), tls).await.map_err(io::Error::other)
    }
}

/// A stream that is not shut down before the other side has closed it.
struct Patient<S>(S);

/// Encrypts as another does, patiently.
struct Patiently<T>(T);

impl<S, T> TlsConnect<Patient<S>> for Patiently<T>
where
    T: TlsConnect<Patient<S>> + Send + 'static,
    T::Stream: Unpin,
    T::Future: Send,
    S: Send + 'static,
{
    type Stream = Patient<T::Stream>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, T::Error>> + Send>>;

    fn connect(self, stream: Patient<S>) -> Self::Future {
        Box::pin(async move { self.0.connect(stream).await.map(Patient) })
    }
}

impl<S: TlsStream + Unpin> TlsStream for Patient<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.0.channel_binding()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    /// The end of the other side, however it comes, is what was waited for.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut scrap = [0; 64];
        loop {
            let mut buffer = ReadBuf::new(&mut scrap);
            match Pin::new(&mut self.0).poll_read(context, &mut buffer) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
