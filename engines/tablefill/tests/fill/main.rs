//! Workbooks are filled and everything else in them stays as it was.

mod archive;
mod hostile;
mod made;
mod moved;
mod older;
mod real;
mod refused;
