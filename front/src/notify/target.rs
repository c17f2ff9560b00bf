//! Where messages may go: never by a redirect, only to hosts that are allowed, and where the settings say so to no address of
//! a private network.

use crate::failure::{Failure, Result};
use crate::settings::Notify;
use std::net::IpAddr;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// What a channel's target stands for: itself, or with env:NAME what that variable holds.
///
/// # Errors
/// A variable that is not set.
pub fn of(target: &str) -> Result<String> {
    match target.strip_prefix("env:") {
        Some(name) => variable(name),
        None => Ok(target.to_owned()),
    }
}

/// # Errors
/// A variable that is not set.
pub fn variable(name: &str) -> Result<String> {
    let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    value.map(|value| value.trim().to_owned()).ok_or_else(|| {
        Failure::usage(format!("the service has no environment variable {name}, which the channel names"))
    })
}

/// The address of a receiver, if messages may go there.
///
/// # Errors
/// Another scheme than https and http, a user in the address, a host that is not allowed.
pub fn address(target: &str, settings: &Notify) -> Result<Uri> {
    let wrong = |why: &str| Failure::usage(format!("the target is no address for messages: {why}"));
    let address: Uri = of(target)?.parse().map_err(|_| wrong("it cannot be read"))?;
    if !matches!(address.scheme_str(), Some("https" | "http")) {
        return Err(wrong("it begins with neither https:// nor http://"));
    }
    let Some(authority) = address.authority() else { return Err(wrong("it has no host")) };
    if authority.as_str().contains('@') {
        return Err(wrong("it names a user"));
    }
    let host = authority.host().to_ascii_lowercase();
    if !settings.hosts.is_empty() && !settings.hosts.iter().any(|allowed| covers(allowed, &host)) {
        return Err(Failure::usage(format!("host '{host}' is not among those of DFA_NOTIFY_HOSTS")));
    }
    Ok(address)
}

/// `example.org` is that host, `.example.org` each below it.
fn covers(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix('.') {
        Some(_) => host.ends_with(allowed),
        None => host == allowed,
    }
}

/// Looks hosts up, and refuses those of a private network where the settings say so. The address that was looked at is the one
/// that is connected to, so that no second answer of a name server counts.
#[derive(Debug)]
pub struct Guarded {
    pub refuse_private: bool,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        match found.iter().find(|address| self.refuse_private && is_private(address.ip())) {
            Some(address) => Err(ureq::Error::Io(std::io::Error::other(format!(
                "{} is an address of a private network, and DFA_NOTIFY_PRIVATE is False",
                address.ip()
            )))),
            None => Ok(found),
        }
    }
}

/// Whether an address is of this machine, its network, or stands for no single machine of the internet.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
                || address.is_multicast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19))
                || a >= 240
        }
        IpAddr::V6(address) => {
            if let Some(mapped) = address.to_ipv4_mapped() {
                return is_private(IpAddr::V4(mapped));
            }
            let first = address.segments()[0];
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                // NAT64 leads to addresses of IPv4 that nobody has looked at.
                || (first == 0x64 && address.segments()[1] == 0xff9b)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_known() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "255.255.255.255",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_target_is_an_address_of_an_allowed_host() {
        let hosts = vec!["example.org".to_owned(), ".hooks.example.org".to_owned()];
        let settings = Notify { hosts, ..Notify::default() };
        for good in ["https://example.org/x", "http://EXAMPLE.org:8080", "https://a.hooks.example.org/y?z=1"]
        {
            assert!(address(good, &settings).is_ok(), "{good}");
        }
        for wrong in [
            "https://hooks.example.org",
            "https://evil.org/example.org",
            "https://example.org.evil.org",
            "ftp://example.org",
            "file:///etc/passwd",
            "https://example.org@evil.org/",
            "example.org",
            "env:DFA_NO_SUCH_VARIABLE",
            "",
        ] {
            assert!(address(wrong, &settings).is_err(), "{wrong}");
        }
    }
}
