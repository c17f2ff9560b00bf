//! What a night needs beside the runs themselves: what a call would do, holding them, and asking why something does not run.

mod bulk;
mod files;
mod freshness;
mod pause;
mod preview;
mod submit;
mod why;
