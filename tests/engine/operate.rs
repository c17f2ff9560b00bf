//! What a night needs beside the runs themselves.

mod pause;
mod why;
