//! What a night needs beside the runs themselves.

mod keys;
mod notify;
mod pause;
mod why;
