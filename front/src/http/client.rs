//! Whose address a request comes from: that of the connection, or, when that is a proxy of ours, the one it tells.

use crate::settings::Network;
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The address of whoever asks.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub IpAddr);

impl Client {
    /// `Forwarded` (RFC 7239) wins over `X-Forwarded-For`. Each proxy adds the address that it saw at the end: what stands
    /// before an address that is no proxy of ours was written by anybody.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let peer = peer.to_canonical();
        let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
        if !is_proxy(peer) {
            return Client(peer);
        }
        let told = match headers.contains_key("forwarded") {
            true => addresses(headers, "forwarded", forwarded),
            false => addresses(headers, "x-forwarded-for", address),
        };
        let mut client = peer;
        for address in told.into_iter().rev() {
            let Some(address) = address else { break };
            client = address;
            if !is_proxy(address) {
                break;
            }
        }
        Client(client)
    }
}

fn addresses(headers: &HeaderMap, name: &str, read: fn(&str) -> Option<IpAddr>) -> Vec<Option<IpAddr>> {
    let values = headers.get_all(name).iter();
    values.flat_map(|value| value.to_str().unwrap_or("?").split(',')).map(|part| read(part.trim())).collect()
}

/// `for=192.0.2.60;proto=http`, `for="[2001:db8::1]:4711"`.
fn forwarded(element: &str) -> Option<IpAddr> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"').to_owned())
    };
    address(&element.split(';').find_map(pair)?)
}

fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(peer: &str, name: &'static str, told: &'static str) -> String {
        let trusted = [Network::parse("10.0.0.0/8").unwrap(), Network::parse("::1").unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(told));
        Client::of(peer.parse().unwrap(), &headers, &trusted).0.to_string()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        assert_eq!(client("192.0.2.1", "x-forwarded-for", "8.8.8.8"), "192.0.2.1");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "8.8.8.8"), "8.8.8.8");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "1.1.1.1, 8.8.8.8, 10.9.9.9"), "8.8.8.8");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "8.8.8.8, unknown"), "10.0.0.1");
        assert_eq!(client("::1", "forwarded", "for=\"[2001:db8::1]:4711\";proto=https"), "2001:db8::1");
        assert_eq!(client("10.0.0.1", "forwarded", "for=1.1.1.1, for=192.0.2.60:80;by=x"), "192.0.2.60");
        assert_eq!(client("10.0.0.1", "x-other", "8.8.8.8"), "10.0.0.1");
    }
}
