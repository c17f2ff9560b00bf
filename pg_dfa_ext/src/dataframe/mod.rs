//! DataFrame steps, which a front service runs: it reads, computes and writes within one transaction, in which everything
//! else of the node's life is done here. See `docs/dataframe.md`.

mod call;
mod end;
mod identity;
mod input;
mod node;
mod result;
mod step;
