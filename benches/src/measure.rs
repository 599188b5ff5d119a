//! Two things by turns, and what comes of it.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// How many turns each has.
    pub(crate) rounds: usize,
    /// How long a turn should take.
    pub(crate) turn: Duration,
}

impl Effort {
    pub(crate) const QUICK: Self = Self { rounds: 61, turn: Duration::from_millis(3) };
    pub(crate) const FULL: Self = Self { rounds: 151, turn: Duration::from_millis(4) };
}

/// What measuring one thing against another gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    /// The quartiles of the ratios of the turns.
    pub(crate) quartiles: [f64; 3],
    /// The median of the one, in nanoseconds.
    pub(crate) ours: f64,
    /// The median of the other, in nanoseconds.
    pub(crate) theirs: f64,
}

impl Ratio {
    pub(crate) const fn median(&self) -> f64 {
        self.quartiles[1]
    }
}

/// Measures two things by turns, each many times a turn.
pub(crate) fn compare<A, B>(
    effort: Effort,
    mut ours: impl FnMut() -> A,
    mut theirs: impl FnMut() -> B,
) -> Ratio {
    let (times_ours, times_theirs) = (times(effort, &mut ours), times(effort, &mut theirs));
    let pairs = (0..effort.rounds).map(|round| {
        // Whoever goes first finds colder caches.
        if round % 2 == 0 {
            let ours = turn(times_ours, &mut ours);
            (ours, turn(times_theirs, &mut theirs))
        } else {
            let theirs = turn(times_theirs, &mut theirs);
            (turn(times_ours, &mut ours), theirs)
        }
    });
    of_pairs(pairs.collect())
}

/// The same of times that have been taken by turns already.
pub(crate) fn of_pairs(pairs: Vec<(f64, f64)>) -> Ratio {
    let ratios = pairs.iter().map(|(ours, theirs)| ours / theirs).collect();
    Ratio {
        quartiles: quartiles(ratios),
        ours: quartiles(pairs.iter().map(|pair| pair.0).collect())[1],
        theirs: quartiles(pairs.iter().map(|pair| pair.1).collect())[1],
    }
}

pub(crate) fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

/// How often to do it in a turn.
fn times<T>(effort: Effort, what: &mut impl FnMut() -> T) -> u32 {
    let mut times = 1;
    loop {
        let took = turn(times, what) * f64::from(times);
        if took >= effort.turn.as_nanos() as f64 || times > 1 << 24 {
            return times;
        }
        times *= 2;
    }
}

/// The processor time it takes once, in nanoseconds, of so many times: what else the machine does counts less.
fn turn<T>(times: u32, what: &mut impl FnMut() -> T) -> f64 {
    let start = ThreadTime::now();
    for _ in 0..times {
        black_box(what());
    }
    start.elapsed().as_nanos() as f64 / f64::from(times)
}
