//! Places on Earth: areas, distances and what lies inside.
//!
//! Everything is computed as JavaRosa does: on a sphere with the radius of the Earth at the
//! Equator, distances by the spherical law of cosines, areas by the surveyor's formula over
//! degrees scaled to metres at each point's latitude.

/// A latitude and a longitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    latitude: f64,
    longitude: f64,
}

const RADIUS_M: f64 = 6_378_100.0;

/// The points of a geopoint, geotrace or geoshape: latitude, longitude and perhaps more, points
/// apart by semicolons.
pub(super) fn points(text: &str) -> Option<Vec<Point>> {
    text.split(';').map(str::trim).filter(|piece| !piece.is_empty()).map(point).collect()
}

fn point(text: &str) -> Option<Point> {
    let mut numbers = text.split_ascii_whitespace().map(|piece| {
        let plain = piece.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'E'));
        if plain { piece.parse::<f64>().ok() } else { None }
    });
    let latitude = numbers.next()??;
    let longitude = numbers.next()??;
    let further = numbers.all(|number| number.is_some());
    let there = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    (further && there).then_some(Point { latitude, longitude })
}

/// The length of the way from point to point, in metres.
pub(super) fn distance(points: &[Point]) -> f64 {
    points
        .windows(2)
        .map(|pair| if let [from, to] = pair { between(*from, *to) } else { 0.0 })
        .sum()
}

fn between(from: Point, to: Point) -> f64 {
    let (one, other) = (from.latitude.to_radians(), to.latitude.to_radians());
    let apart = (from.longitude - to.longitude).to_radians();
    let cosine = one.sin() * other.sin() + one.cos() * other.cos() * apart.cos();
    // Rounding may lift the cosine of two equal points above one, which has no angle.
    cosine.clamp(-1.0, 1.0).acos() * RADIUS_M
}

/// The area that a closed line encloses, in square metres.
pub(super) fn area(points: &[Point]) -> f64 {
    let Some(first) = points.first() else { return 0.0 };
    if points.len() < 3 {
        return 0.0;
    }
    let per_degree = RADIUS_M * std::f64::consts::TAU / 360.0;
    let flat: Vec<(f64, f64)> = points
        .iter()
        .skip(1)
        .map(|point| {
            let shrink = point.latitude.to_radians().cos();
            let x = (point.longitude - first.longitude) * per_degree * shrink;
            let y = (point.latitude - first.latitude) * per_degree;
            (x, y)
        })
        .collect();
    let doubled: f64 = flat
        .windows(2)
        .map(|pair| match pair {
            [(x1, y1), (x2, y2)] => y1 * x2 - x1 * y2,
            _ => 0.0,
        })
        .sum();
    (doubled / 2.0).abs()
}

/// Whether a point lies inside a closed line: whether a ray from it crosses the line an odd
/// number of times.
pub(super) fn is_inside(point: Point, fence: &[Point]) -> bool {
    let crosses = |pair: &&[Point]| {
        let [from, to] = pair else { return false };
        let straddles = (to.latitude > point.latitude) != (from.latitude > point.latitude);
        let share = (point.latitude - to.latitude) / (from.latitude - to.latitude);
        straddles && point.longitude < (from.longitude - to.longitude) * share + to.longitude
    };
    fence.windows(2).filter(crosses).count() % 2 == 1
}
