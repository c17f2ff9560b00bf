//! The process that computes, as the service has it: fed with rows, read by pieces, and killed when nobody wants its result
//! any more.

use super::wire::{Order, Piece, NEEDS_TOO_MUCH};
use crate::failure::{Failure, Result};
use bytes::BytesMut;
use dfa_dataframe::Refusal;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};

pub struct Computer {
    child: Child,
    /// Until all rows are there.
    feed: Option<Sender>,
    answer: Receiver,
    /// What has come of the next piece.
    come: BytesMut,
    function: String,
    memory: usize,
}

impl Computer {
    pub async fn start(order: &Order) -> Result<Computer> {
        let failed =
            |error: io::Error| Failure::work(format!("no process can be started to compute: {error}"));
        let mut child = command().and_then(|mut it| it.spawn()).map_err(failed)?;
        let (Some(feed), Some(answer)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(io::ErrorKind::BrokenPipe.into()));
        };
        let mut computer = Computer {
            child,
            feed: Some(Sender::from_owned_fd(OwnedFd::from(feed)).map_err(failed)?),
            answer: Receiver::from_owned_fd(OwnedFd::from(answer)).map_err(failed)?,
            come: BytesMut::new(),
            function: order.function.clone(),
            memory: order.memory,
        };
        let mut line = serde_json::to_vec(order).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        computer.feed(&line).await;
        Ok(computer)
    }

    /// Gives it some of the rows; `false`: it takes no more, and says why.
    pub async fn feed(&mut self, bytes: &[u8]) -> bool {
        match &mut self.feed {
            Some(feed) => feed.write_all(bytes).await.is_ok(),
            None => false,
        }
    }

    /// All rows are there.
    pub fn fed(&mut self) {
        self.feed = None;
    }

    /// The next piece of the answer; of what has come nothing is lost when it is not waited for.
    pub async fn next(&mut self) -> Result<Piece> {
        loop {
            let piece = Piece::take(&mut self.come)
                .map_err(|error| Failure::work(format!("what computes is not understood: {error}")))?;
            if let Some(piece) = piece {
                return Ok(piece);
            }
            if !self.answer.read_buf(&mut self.come).await.is_ok_and(|length| length > 0) {
                return Err(self.ended());
            }
        }
    }

    /// Why it came to its end without a word.
    fn ended(&mut self) -> Failure {
        match self.child.wait() {
            Ok(status) if status.code() == Some(NEEDS_TOO_MUCH) => refused(
                Refusal::new(format!("function '{}' needs more than {} MB", self.function, self.memory >> 20))
                    .hint("Let the load give fewer rows, let a query join fewer of them, or raise dfa.dataframe_memory."),
            ),
            ended => {
                let ended = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
                Failure::work(format!("the process that computes '{}' was ended: {ended}", self.function))
                    .hint("It is tried again. The system ends processes that need too much memory: see dfa.dataframe_memory.")
            }
        }
    }
}

/// What the function says of its input: another attempt would say so again.
pub fn refused(refusal: Refusal) -> Failure {
    let Refusal { message, detail, hint } = refusal;
    Failure { sqlstate: Some("22023".to_owned()), detail, hint, ..Failure::work(message) }
}

impl Drop for Computer {
    /// However a step ends: nobody computes for nobody.
    fn drop(&mut self) {
        let _ = self.child.kill();
        // The system takes its memory back first; other requests are served by other threads meanwhile.
        let _ = tokio::task::block_in_place(|| self.child.wait());
    }
}

/// This program again, also where its file has been replaced meanwhile. It knows no password, and a Ctrl-C is not for it.
fn command() -> io::Result<Command> {
    let own = Path::new("/proc/self/exe");
    let own = if own.exists() { own.to_owned() } else { std::env::current_exe()? };
    let mut command = Command::new(own);
    command.arg0("dfa").arg("compute").env_clear().process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Ok(command)
}
