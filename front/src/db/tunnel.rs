//! The way to a database that only a host in between reaches: a port of this machine, forwarded by SSH.

use crate::failure::{Failure, Result};
use crate::settings::{Settings, Tunnel};
use russh::client::{self, Handle};
use russh::keys::{
    check_known_hosts_path, load_secret_key, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate,
};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio_postgres::config::Host;

/// A connection of SSH that says nothing for this long is asked whether it still lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long the host may take to let us in.
const PATIENCE: Duration = Duration::from_secs(15);

/// Settings whose database is reached through their tunnel, if they have one.
///
/// # Errors
/// A key that cannot be used, or a host that does not let us in or is not the one that is known.
pub async fn through(mut settings: Settings) -> Result<Settings> {
    let Some(tunnel) = settings.tunnel.clone() else { return Ok(settings) };
    let [Host::Tcp(host)] = settings.database.get_hosts() else {
        return Err(Failure::usage("setting DB_HOST is not the name of a host, and a tunnel leads to one"));
    };
    let target = (host.clone(), settings.database.get_ports().first().copied().unwrap_or(5432));
    let key = load_secret_key(&tunnel.private_key, None).map_err(|error| {
        Failure::usage(format!(
            "setting SSH_PRIVATE_KEY: '{}' cannot be used: {error}",
            tunnel.private_key.display()
        ))
    })?;
    let way = Arc::new(Way { tunnel, key: Arc::new(key), session: Mutex::new(None) });
    // At once, so that a wrong key or an unknown host is told before anything starts.
    way.session().await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(forward(listener, way, target));
    // The name stays, for the server's certificate; the address is ours.
    let mut database = tokio_postgres::Config::new();
    std::mem::swap(&mut database, &mut settings.database);
    settings.database = readdressed(&database, port);
    Ok(settings)
}

/// The same settings with the forwarded port in place of the server's.
fn readdressed(known: &tokio_postgres::Config, port: u16) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    if let Some(Host::Tcp(host)) = known.get_hosts().first() {
        config.host(host);
    }
    config.hostaddr(IpAddr::V4(Ipv4Addr::LOCALHOST)).port(port).ssl_mode(known.get_ssl_mode());
    if let Some(user) = known.get_user() {
        config.user(user);
    }
    if let Some(password) = known.get_password() {
        config.password(password);
    }
    if let Some(name) = known.get_dbname() {
        config.dbname(name);
    }
    if let Some(name) = known.get_application_name() {
        config.application_name(name);
    }
    config
}

/// The connection of SSH, made again when it is lost.
struct Way {
    tunnel: Tunnel,
    key: Arc<PrivateKey>,
    session: Mutex<Option<Arc<Handle<KnownHost>>>>,
}

impl Way {
    async fn session(&self) -> Result<Arc<Handle<KnownHost>>> {
        let mut session = self.session.lock().await;
        if let Some(open) = session.as_ref().filter(|open| !open.is_closed()) {
            return Ok(Arc::clone(open));
        }
        let fresh = tokio::time::timeout(PATIENCE, self.open())
            .await
            .map_err(|_| self.refused("it does not answer"))??;
        let fresh = Arc::new(fresh);
        *session = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    async fn open(&self) -> Result<Handle<KnownHost>> {
        let Tunnel { host, port, user, .. } = &self.tunnel;
        let config = client::Config {
            keepalive_interval: Some(KEEP_ALIVE),
            nodelay: true,
            ..client::Config::default()
        };
        let known = KnownHost { host: host.clone(), port: *port, file: self.known_hosts()? };
        let mut session = client::connect(Arc::new(config), (host.as_str(), *port), known)
            .await
            .map_err(|Refused(why)| self.refused(&why))?;
        let hash =
            session.best_supported_rsa_hash().await.map_err(|error| self.refused(&error.to_string()))?;
        let key = PrivateKeyWithHashAlg::new(Arc::clone(&self.key), hash.flatten());
        let answer = session
            .authenticate_publickey(user.as_str(), key)
            .await
            .map_err(|error| self.refused(&error.to_string()))?;
        match answer.success() {
            true => Ok(session),
            false => {
                Err(self.refused(&format!("it does not take the key of SSH_PRIVATE_KEY for user '{user}'")))
            }
        }
    }

    fn known_hosts(&self) -> Result<PathBuf> {
        match (&self.tunnel.known_hosts, std::env::var_os("HOME")) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(home)) => Ok(PathBuf::from(home).join(".ssh/known_hosts")),
            (None, None) => {
                Err(Failure::usage("setting SSH_KNOWN_HOSTS is missing, and there is no HOME to look in"))
            }
        }
    }

    fn refused(&self, why: &str) -> Failure {
        let Tunnel { host, port, .. } = &self.tunnel;
        Failure::work(format!("no tunnel through {host}:{port}: {why}"))
            .hint("Settings are SSH_HOST, SSH_PORT, SSH_USER, SSH_PRIVATE_KEY and SSH_KNOWN_HOSTS.")
    }
}

/// Takes connections of this process and hands each through the tunnel.
async fn forward(listener: TcpListener, way: Arc<Way>, target: (String, u16)) {
    loop {
        let Ok((local, _)) = listener.accept().await else { continue };
        let (way, target) = (Arc::clone(&way), target.clone());
        tokio::spawn(async move {
            if let Err(failure) = hand_through(local, &way, &target).await {
                tracing::warn!(message = failure.message, "the tunnel does not lead to the database");
            }
        });
    }
}

/// A tunnel that does not open closes the local connection, which is an error of that connection.
async fn hand_through(mut local: TcpStream, way: &Way, (host, port): &(String, u16)) -> Result<()> {
    let session = way.session().await?;
    let channel = session
        .channel_open_direct_tcpip(host.as_str(), u32::from(*port), "127.0.0.1", 0)
        .await
        .map_err(|error| way.refused(&format!("{host}:{port} is not reached from there: {error}")))?;
    // The end of either side is the end of both.
    let _ = tokio::io::copy_bidirectional(&mut local, &mut channel.into_stream()).await;
    Ok(())
}

/// Takes a host for the one that known_hosts has, and no other.
struct KnownHost {
    host: String,
    port: u16,
    file: PathBuf,
}

/// Why the way is not open.
#[derive(Debug)]
struct Refused(String);

impl From<russh::Error> for Refused {
    fn from(error: russh::Error) -> Self {
        Refused(error.to_string())
    }
}

impl client::Handler for KnownHost {
    type Error = Refused;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> std::result::Result<bool, Refused> {
        let KnownHost { host, port, file } = self;
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else {
            return Err(Refused("it proves itself by a certificate, and a key is known".to_owned()));
        };
        match check_known_hosts_path(host, *port, key, &*file) {
            Ok(true) => Ok(true),
            Ok(false) => Err(Refused(format!(
                "its key is not in '{}': `ssh-keyscan -p {port} {host}` shows it",
                file.display()
            ))),
            Err(error) => Err(Refused(format!("its key is not the one in '{}': {error}", file.display()))),
        }
    }
}
