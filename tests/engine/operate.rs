//! What a night needs beside the runs themselves.

mod audit;
mod bulk;
mod freshness;
mod keys;
mod notes;
mod notify;
mod pause;
mod preview;
mod same;
mod why;
