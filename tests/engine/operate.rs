//! What a night needs beside the runs themselves.

mod audit;
mod freshness;
mod keys;
mod notify;
mod pause;
mod preview;
mod why;
