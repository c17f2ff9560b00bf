//! A message by HTTP: to a webhook of one's own, signed, or to one of Slack, Teams and Google Chat.

use super::message::Message;
use super::target::{self, Guarded};
use super::PATIENCE;
use crate::failure::{causes, Failure, Result};
use crate::settings::Notify;
use hmac::{Hmac, KeyInit, Mac};
use rustls::crypto::ring;
use sha2::Sha256;
use std::sync::Arc;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::Agent;

/// What is kept of an answer that is no success.
const SHOWN: u64 = 300;

/// # Errors
/// Why it was not taken: no answer, or one that is no success. A redirect is none.
pub fn send(message: &Message, settings: &Notify) -> Result<()> {
    let address = target::address(&message.target, settings)?;
    let secret = message.secret_env.as_deref().map(target::variable).transpose()?;
    let body = message.body().to_string();
    let now = jiff::Timestamp::now().as_second().to_string();
    let mut request = agent(settings)
        .post(address)
        .header("Content-Type", "application/json")
        .header("User-Agent", concat!("dfa/", env!("CARGO_PKG_VERSION")))
        .header("Idempotency-Key", format!("dfa-{}", message.id))
        .header("X-DFA-Delivery", message.id.to_string())
        .header("X-DFA-Timestamp", &now);
    if let Some(secret) = secret {
        request = request.header("X-DFA-Signature", format!("sha256={}", signature(&secret, &now, &body)?));
    }
    let mut answer =
        request.send(body).map_err(|error| Failure::work(format!("no answer: {error}{}", causes(&error))))?;
    let status = answer.status();
    match status.as_u16() {
        200..300 => Ok(()),
        300..400 => Err(Failure::work(format!("answered {status}: redirects are not followed"))),
        _ => {
            let text = answer.body_mut().with_config().limit(SHOWN).lossy_utf8(true).read_to_string();
            Err(Failure::work(format!("answered {status}: {}", text.unwrap_or_default().trim())))
        }
    }
}

/// HMAC-SHA256 over the time and the body, in hexadecimal: who has the secret can tell that both are ours, and how old they are.
fn signature(secret: &str, timestamp: &str, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|error| Failure::work(format!("the message cannot be signed: {error}")))?;
    mac.update(format!("{timestamp}.{body}").as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn agent(settings: &Notify) -> Agent {
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots: Vec<Certificate<'static>> =
        roots.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // What the environment says of proxies would look hosts up by itself.
        .proxy(None)
        .build();
    Agent::with_parts(
        config,
        DefaultConnector::default(),
        Guarded { refuse_private: settings.refuse_private },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_time_and_body() {
        // By `printf '1.{}' | openssl dgst -sha256 -hmac key`.
        assert_eq!(
            signature("key", "1", "{}").unwrap(),
            "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"
        );
    }
}
