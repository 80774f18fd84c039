//! Trees that were grown on tables with known headings: how they are written down, and what they
//! say of a cell.

use std::fmt::Write as _;

/// A step of a tree: a question, or an answer where there is no question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The number of the figure that is asked for; none at a leaf.
    pub asks: Option<u16>,
    /// Up to this the way goes left.
    pub up_to: f32,
    /// Where the way goes left and right, as numbers of nodes.
    pub ways: [u16; 2],
    /// What a cell that comes by is worth, in logarithms of odds.
    pub worth: f32,
}

/// A tree; its first node is the root.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree(pub Vec<Node>);

/// Trees whose answers add up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forest {
    /// The answer before any tree is asked.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Tree>,
}

impl Tree {
    fn walk(&self, figures: &[f32], mut by: impl FnMut(&Node, &Node)) -> f32 {
        let Some(mut node) = self.0.first() else { return 0.0 };
        // Ways only lead on, so a walk ends.
        while let Some(asks) = node.asks {
            let value = figures.get(usize::from(asks)).copied().unwrap_or(0.0);
            let way = node.ways[usize::from(value > node.up_to)];
            let Some(next) = self.0.get(usize::from(way)) else { break };
            by(node, next);
            node = next;
        }
        node.worth
    }
}

impl Forest {
    /// How likely it is, between 0 and 1.
    #[must_use]
    pub fn likely(&self, figures: &[f32]) -> f32 {
        let sum: f32 = self.trees.iter().map(|it| it.walk(figures, |_, _| {})).sum();
        1.0 / (1.0 + (-(self.base + sum)).exp())
    }

    /// How much each figure did for the answer, in logarithms of odds: along each way, what the
    /// answer gained at a node goes to the figure that was asked for there.
    #[must_use]
    pub fn because(&self, figures: &[f32]) -> Vec<f32> {
        let mut because = vec![0.0; figures.len()];
        for tree in &self.trees {
            tree.walk(figures, |node, next| {
                let asks = node.asks.map(usize::from);
                if let Some(it) = asks.and_then(|asks| because.get_mut(asks)) {
                    *it += next.worth - node.worth;
                }
            });
        }
        because
    }

    /// Writes it down: a line for the base and one for each tree.
    pub fn write(&self, name: &str, text: &mut String) {
        let _ = writeln!(text, "forest {name} {}", self.base);
        for tree in &self.trees {
            text.push_str("tree");
            for node in &tree.0 {
                let worth = node.worth;
                let _ = match node.asks {
                    Some(asks) => {
                        let [left, right] = node.ways;
                        write!(text, " {asks}<{}:{left}:{right}:{worth}", node.up_to)
                    }
                    None => write!(text, " {worth}"),
                };
            }
            text.push('\n');
        }
    }

    /// Reads the lines of a tree.
    pub(super) fn read_tree(line: &str) -> Option<Tree> {
        let mut nodes: Vec<Node> = Vec::new();
        for (index, word) in line.split_whitespace().enumerate() {
            let node = match word.split_once('<') {
                None => Node { asks: None, up_to: 0.0, ways: [0, 0], worth: word.parse().ok()? },
                Some((asks, rest)) => {
                    let mut parts = rest.split(':');
                    let up_to = parts.next()?.parse().ok()?;
                    let ways: [u16; 2] = [parts.next()?.parse().ok()?, parts.next()?.parse().ok()?];
                    let worth = parts.next()?.parse().ok()?;
                    if ways.iter().any(|it| usize::from(*it) <= index) {
                        return None;
                    }
                    Node { asks: Some(asks.parse().ok()?), up_to, ways, worth }
                }
            };
            nodes.push(node);
        }
        Some(Tree(nodes))
    }
}
