//! Workbooks are filled and everything else in them stays as it was.

mod archive;
mod hostile;
mod made;
mod moved;
mod real;
mod refused;
