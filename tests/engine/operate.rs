//! What a night needs beside the runs themselves.

mod pause;
mod preview;
mod why;
