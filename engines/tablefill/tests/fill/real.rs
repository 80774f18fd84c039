//! Workbooks that people use, filled and read again.

#[test]
fn placeholder() {}
