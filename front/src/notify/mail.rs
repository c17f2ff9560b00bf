//! A message by e-mail.

use super::message::Message;
use super::target;
use super::PATIENCE;
use crate::failure::{causes, Failure, Result};
use crate::settings::Notify;
use lettre::message::header::ContentType;
use lettre::message::Mailbox;
use lettre::{SmtpTransport, Transport};

/// # Errors
/// Settings that are missing, addresses that are none, or why the server did not take it.
pub fn send(message: &Message, settings: &Notify) -> Result<()> {
    let (Some(server), Some(from)) = (&settings.smtp_url, &settings.mail_from) else {
        return Err(Failure::usage("the service has no DFA_SMTP_URL and DFA_MAIL_FROM to send e-mail with"));
    };
    let mailbox = |address: &str| {
        let parsed = address.trim().parse::<Mailbox>();
        parsed
            .map_err(|error| Failure::usage(format!("'{}' is no address of e-mail: {error}", address.trim())))
    };
    let from = mailbox(from)?;
    let domain = from.email.domain().to_owned();
    let mut mail = lettre::Message::builder()
        .from(from)
        // The same message, however often it arrives.
        .message_id(Some(format!("<dfa-{}@{domain}>", message.id)))
        .subject(message.title.as_str())
        .header(ContentType::TEXT_PLAIN);
    for address in target::of(&message.target)?.split(',') {
        mail = mail.to(mailbox(address)?);
    }
    let mail = mail
        .body(format!("{}\n", message.lines()))
        .map_err(|error| Failure::work(format!("the e-mail cannot be written: {error}")))?;
    let transport = SmtpTransport::from_url(server)
        .map_err(|_| {
            Failure::usage("setting DFA_SMTP_URL is no address such as smtps://user:password@host:465")
        })?
        .timeout(Some(PATIENCE))
        .build();
    let sent = transport.send(&mail);
    sent.map_err(|error| Failure::work(format!("the mail server: {error}{}", causes(&error))))?;
    Ok(())
}
