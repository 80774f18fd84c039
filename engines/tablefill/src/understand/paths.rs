//! The path of a heading: what stands over it, from the widest to itself.

use super::heads::Heads;
use super::plan::Axis;
use crate::head::{Block, Spot};

/// Steps of a path, at most.
const STEPS: usize = 12;

/// The path of a heading.
pub(super) fn path(heads: &Heads, index: usize, axis: Axis) -> Vec<String> {
    let mut path = vec![heads.block().spots[index].content.text.clone()];
    let mut here = index;
    while path.len() < STEPS {
        let next = match axis {
            Axis::Column => above(heads, here),
            Axis::Row => left(heads, here),
        };
        let Some(next) = next else { break };
        push(&mut path, &heads.block().spots[next].content.text);
        here = next;
    }
    if axis == Axis::Row
        && let Some(section) = section(heads, here)
    {
        push(&mut path, &heads.block().spots[section].content.text);
    }
    path.reverse();
    path
}

/// The path down to a column: what heads it, from the top.
pub(super) fn of_column(heads: &Heads, col: usize, depth: usize) -> Vec<String> {
    let block = heads.block();
    let last = (0..depth).rev().map(|row| block.owner(row, col)).find(|it| {
        heads.column[*it] && block.spots[*it].content.length > 0 && !is_title(heads, *it)
    });
    last.map(|it| path(heads, it, Axis::Column)).unwrap_or_default()
}

/// A step is not said twice, and one without words not at all.
fn push(path: &mut Vec<String>, text: &str) {
    if !text.is_empty() && path.last().is_none_or(|it| it != text) {
        path.push(text.to_owned());
    }
}

/// Whether a spot stands over the whole table.
pub(super) fn is_title(heads: &Heads, index: usize) -> bool {
    is_title_of(heads.block(), index)
}

/// The same of a block.
pub(super) fn is_title_of(block: &Block, index: usize) -> bool {
    let spot = &block.spots[index];
    block.cols > 1 && spot.top == 0 && spot.left == 0 && spot.right + 1 == block.cols
}

/// The heading that stands right over a heading of columns, and over at least its width.
fn above(heads: &Heads, index: usize) -> Option<usize> {
    let block = heads.block();
    let spot = &block.spots[index];
    let mut row = spot.top.checked_sub(1)?;
    loop {
        let over = block.owner(row, spot.left);
        let other = &block.spots[over];
        let covers = other.left <= spot.left && other.right >= spot.right;
        if !covers || !heads.column[over] || is_title(heads, over) {
            return None;
        }
        // Two headings of one width, one below the other, where both have the same words or the
        // upper one none, are one.
        if other.content.length > 0 {
            return Some(over);
        }
        // A wide heading is written in its first cell and the rest left free, without a merge.
        if let Some(wide) = written_before(heads, over, row) {
            return Some(wide);
        }
        row = other.top.checked_sub(1)?;
    }
}

/// The heading to the left in whose empty neighbour a column stands.
fn written_before(heads: &Heads, index: usize, row: usize) -> Option<usize> {
    let block = heads.block();
    let mut col = block.spots[index].left.checked_sub(1)?;
    loop {
        let before = block.owner(row, col);
        let spot: &Spot = &block.spots[before];
        if !heads.column[before] && spot.content.length > 0 {
            return None;
        }
        if spot.content.length > 0 {
            return (spot.bottom == row).then_some(before);
        }
        col = spot.left.checked_sub(1)?;
    }
}

/// The heading that stands right before a heading of rows, and over at least its height.
fn left(heads: &Heads, index: usize) -> Option<usize> {
    let block = heads.block();
    let spot = &block.spots[index];
    let col = spot.left.checked_sub(1)?;
    let before = block.owner(spot.top, col);
    let other = &block.spots[before];
    let covers = other.top <= spot.top && other.bottom >= spot.bottom;
    // Of the same height it is another label, or another mark of the same row, not one over it.
    let wider = other.bottom - other.top > spot.bottom - spot.top;
    (covers && wider && heads.row[before]).then_some(before)
}

/// The heading of a section that a row belongs to: it stands alone in its row, in the same column.
fn section(heads: &Heads, index: usize) -> Option<usize> {
    let block = heads.block();
    let spot = &block.spots[index];
    for row in (heads.depth()..spot.top).rev().take(100) {
        let over = block.owner(row, spot.left);
        if !heads.column[over] || block.spots[over].left != spot.left {
            continue;
        }
        let alone =
            block.row(row).into_iter().all(|it| it == over || block.spots[it].content.length == 0);
        if alone && !is_title(heads, over) {
            return Some(over);
        }
    }
    None
}
