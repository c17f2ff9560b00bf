//! What a night needs beside the runs themselves.

mod keys;
mod pause;
mod preview;
mod why;
