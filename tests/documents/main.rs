//! The documents of the repository: what they name is there, and what they say to do does what they show.

mod cases;
mod floors;
mod follow;
mod frames;
mod functions;
mod paths;
mod reference;
mod scripts;
mod three_days;
