//! Trees for a yes or a no, each grown on what those before it got wrong.

use tablefill::head::{Forest, Node, Tree};

/// How trees are grown.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// How many.
    pub trees: usize,
    /// Questions from the root to a leaf, at most.
    pub depth: usize,
    /// How much of what is wrong each tree mends.
    pub pace: f64,
    /// Cells at a leaf, at least.
    pub leaf: usize,
    /// Of the cells, the share that each tree sees.
    pub cells: f64,
    /// Of the figures, the share that each tree may ask for.
    pub figures: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { trees: 150, depth: 5, pace: 0.1, leaf: 12, cells: 0.7, figures: 0.3 }
    }
}

/// Steps that the values of a figure are put into.
const STEPS: usize = 48;
/// Keeps leaves of few cells small.
const CAUTION: f64 = 2.0;

/// A small stream of numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn under(&mut self, share: f64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[expect(clippy::cast_precision_loss, reason = "a share of chance")]
        let it = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        it < share
    }
}

/// Cells with their figures put into steps, figure by figure.
pub struct Cells {
    many: usize,
    /// For each figure, its step for each cell.
    steps: Vec<Vec<u8>>,
    /// For each figure, the values between steps.
    borders: Vec<Vec<f32>>,
}

impl Cells {
    /// Puts the figures of cells into steps.
    #[must_use]
    pub fn new(cells: &[&[f32]]) -> Self {
        let figures = cells.first().map_or(0, |it| it.len());
        let mut steps = Vec::with_capacity(figures);
        let mut borders = Vec::with_capacity(figures);
        for figure in 0..figures {
            let mut values: Vec<f32> = cells.iter().map(|it| it[figure]).collect();
            values.sort_by(f32::total_cmp);
            let mut between: Vec<f32> = Vec::new();
            let mut different = values.clone();
            different.dedup();
            let picked: Vec<f32> = if different.len() <= STEPS {
                different.clone()
            } else {
                let mut it: Vec<f32> =
                    (1..STEPS).map(|step| values[step * values.len() / STEPS]).collect();
                it.dedup();
                it
            };
            for value in picked {
                let place = different.partition_point(|it| *it <= value);
                if let Some(next) = different.get(place) {
                    // Few digits, so that the file stays small; still between the two.
                    between.push(rounded(value, *next));
                }
            }
            between.dedup();
            let step = |value: f32| {
                u8::try_from(between.partition_point(|it| *it < value)).unwrap_or(u8::MAX)
            };
            steps.push(cells.iter().map(|it| step(it[figure])).collect());
            borders.push(between);
        }
        Self { many: cells.len(), steps, borders }
    }
}

/// A number of few digits that is not below the first and below the second.
fn rounded(first: f32, second: f32) -> f32 {
    let middle = f64::midpoint(f64::from(first), f64::from(second));
    for digits in 0..7 {
        let by = 10_f64.powi(digits);
        #[expect(clippy::cast_possible_truncation, reason = "few digits are meant")]
        let it = ((middle * by).round() / by) as f32;
        if it >= first && it < second {
            return it;
        }
    }
    first
}

struct Grower<'a> {
    cells: &'a Cells,
    growth: Growth,
    /// What is wrong with each cell's answer, and how sure the answer was.
    slope: Vec<f64>,
    bend: Vec<f64>,
    figures: Vec<usize>,
    nodes: Vec<Node>,
}

/// Grows a forest.
#[must_use]
pub fn grow(cells: &Cells, yes: &[bool], growth: Growth) -> Forest {
    #[expect(clippy::cast_precision_loss, reason = "counts of cells are small")]
    let share = (yes.iter().filter(|it| **it).count() as f64 + 1.0) / (cells.many as f64 + 2.0);
    let base = (share / (1.0 - share)).ln();
    let mut answers = vec![base; cells.many];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut trees = Vec::with_capacity(growth.trees);
    for _ in 0..growth.trees {
        let mut slope = vec![0.0; cells.many];
        let mut bend = vec![0.0; cells.many];
        for (at, answer) in answers.iter().enumerate() {
            let likely = 1.0 / (1.0 + (-answer).exp());
            slope[at] = f64::from(u8::from(yes[at])) - likely;
            bend[at] = (likely * (1.0 - likely)).max(1e-6);
        }
        let figures: Vec<usize> =
            (0..cells.steps.len()).filter(|_| dice.under(growth.figures)).collect();
        let many = u32::try_from(cells.many).unwrap_or(u32::MAX);
        let seen: Vec<u32> = (0..many).filter(|_| dice.under(growth.cells)).collect();
        let mut grower = Grower { cells, growth, slope, bend, figures, nodes: Vec::new() };
        grower.node(seen, 0);
        let tree = Tree(grower.nodes);
        for (at, answer) in answers.iter_mut().enumerate() {
            *answer += f64::from(answer_of(&tree, cells, at));
        }
        trees.push(tree);
    }
    #[expect(clippy::cast_possible_truncation, reason = "kept in the file")]
    Forest { base: base as f32, trees }
}

fn answer_of(tree: &Tree, cells: &Cells, at: usize) -> f32 {
    let mut node = &tree.0[0];
    while let Some(asks) = node.asks {
        let figure = usize::from(asks);
        let step = usize::from(cells.steps[figure][at]);
        let border = cells.borders[figure].partition_point(|it| *it <= node.up_to);
        node = &tree.0[usize::from(node.ways[usize::from(step >= border)])];
    }
    node.worth
}

impl Grower<'_> {
    fn worth(&self, cells: &[u32]) -> f64 {
        let slope: f64 = cells.iter().map(|it| self.slope[*it as usize]).sum();
        let bend: f64 = cells.iter().map(|it| self.bend[*it as usize]).sum();
        self.growth.pace * slope / (bend + CAUTION)
    }

    /// Adds a node for these cells and everything below it; gives its number.
    fn node(&mut self, cells: Vec<u32>, depth: usize) -> u16 {
        let number = u16::try_from(self.nodes.len()).unwrap_or(u16::MAX);
        let worth = short(self.worth(&cells));
        self.nodes.push(Node { asks: None, up_to: 0.0, ways: [0, 0], worth });
        if depth == self.growth.depth || cells.len() < 2 * self.growth.leaf {
            return number;
        }
        let Some((figure, step)) = self.question(&cells) else { return number };
        let steps = &self.cells.steps[figure];
        let (left, right): (Vec<u32>, Vec<u32>) =
            cells.into_iter().partition(|it| usize::from(steps[*it as usize]) <= step);
        let ways = [self.node(left, depth + 1), self.node(right, depth + 1)];
        let node = &mut self.nodes[usize::from(number)];
        node.asks = u16::try_from(figure).ok();
        node.up_to = self.cells.borders[figure][step];
        node.ways = ways;
        number
    }

    /// The figure and the step after which cells differ most.
    fn question(&self, cells: &[u32]) -> Option<(usize, usize)> {
        let mut best: Option<(f64, usize, usize)> = None;
        let whole_slope: f64 = cells.iter().map(|it| self.slope[*it as usize]).sum();
        let whole_bend: f64 = cells.iter().map(|it| self.bend[*it as usize]).sum();
        let score = |slope: f64, bend: f64| slope * slope / (bend + CAUTION);
        let whole = score(whole_slope, whole_bend);
        for figure in &self.figures {
            let borders = self.cells.borders[*figure].len();
            if borders == 0 {
                continue;
            }
            let mut sums = vec![(0.0, 0.0, 0_usize); borders + 1];
            let steps = &self.cells.steps[*figure];
            for cell in cells {
                let sum = &mut sums[usize::from(steps[*cell as usize])];
                sum.0 += self.slope[*cell as usize];
                sum.1 += self.bend[*cell as usize];
                sum.2 += 1;
            }
            let (mut slope, mut bend, mut many) = (0.0, 0.0, 0);
            for (step, sum) in sums.iter().take(borders).enumerate() {
                slope += sum.0;
                bend += sum.1;
                many += sum.2;
                if many < self.growth.leaf || cells.len() - many < self.growth.leaf {
                    continue;
                }
                let gain =
                    score(slope, bend) + score(whole_slope - slope, whole_bend - bend) - whole;
                if gain > 0.5 && best.is_none_or(|(most, ..)| gain > most) {
                    best = Some((gain, *figure, step));
                }
            }
        }
        best.map(|(_, figure, step)| (figure, step))
    }
}

/// Four decimals are kept in the file.
fn short(worth: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "kept in the file")]
    let it = ((worth * 10_000.0).round() / 10_000.0) as f32;
    it
}
