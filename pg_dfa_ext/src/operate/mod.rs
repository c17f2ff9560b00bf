//! What a night needs beside the runs themselves: holding them, and asking why something does not run.

mod pause;
mod why;
