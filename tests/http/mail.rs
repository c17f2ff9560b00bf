//! A real SMTP server, aiosmtpd, where it can be had.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// aiosmtpd, which prints each message that it takes.
pub struct MailServer {
    child: Child,
    received: Arc<Mutex<Vec<String>>>,
    pub port: u16,
}

impl MailServer {
    /// None where it cannot be had.
    pub fn start() -> Option<MailServer> {
        const SERVER: &str = "
import asyncio, sys
from aiosmtpd.smtp import SMTP
class Taker:
    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode('utf-8').replace('\\r\\n', '\\\\n')
        print(envelope.mail_from, ' '.join(envelope.rcpt_tos), text, sep='|', flush=True)
        return '250 taken'
async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Taker()), '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
";
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/aiosmtpd.sh");
        let python = Command::new(script).output().ok().filter(|output| output.status.success())?;
        let python = String::from_utf8_lossy(&python.stdout).trim().to_owned();
        let mut child = Command::new(python).args(["-c", SERVER]).stdout(Stdio::piped()).spawn().ok()?;
        let mut lines = BufReader::new(child.stdout.take()?);
        let mut port = String::new();
        lines.read_line(&mut port).ok()?;
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        Some(MailServer { child, received, port: port.trim().parse().ok()? })
    }

    /// What came so far: sender, recipients and text of each message, with `|` between them.
    pub fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    /// The message of this number, from 0, once it is there.
    pub fn message(&self, number: usize) -> String {
        let started = Instant::now();
        loop {
            if let Some(message) = self.received().get(number) {
                return message.clone();
            }
            assert!(started.elapsed() < dfa_tests::DEADLINE, "no message {number} came");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
