//! What a night needs beside the runs themselves: holding them.

mod pause;
