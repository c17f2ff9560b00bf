//! The shipped retail catalogs on the sample of their data: what the pipelines make is what plain SQL over the landed
//! rows says, after each run.

mod story;
mod totals;
