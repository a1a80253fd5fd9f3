//! What the samples come to: first, median, last, peak, slope; and the bounds.

use super::watch::Sample;

/// Until here the process takes what it needs.
const WARM_MINUTES: f64 = 2.0;

/// A series of one figure.
pub(super) struct Series {
    pub(super) first: f64,
    pub(super) median: f64,
    pub(super) last: f64,
    pub(super) peak: f64,
    /// Per hour, by least squares, from when it was warm.
    pub(super) slope: f64,
    /// The median of the last quarter less that of the second.
    pub(super) growth: f64,
}

impl Series {
    /// None of fewer than eight samples.
    pub(super) fn of(samples: &[Sample], figure: fn(&Sample) -> f64) -> Option<Self> {
        let first = samples.first()?;
        let warm: Vec<(f64, f64)> = samples
            .iter()
            .filter(|sample| sample.minutes - first.minutes >= WARM_MINUTES)
            .map(|sample| (sample.minutes / 60.0, figure(sample)))
            .collect();
        if warm.len() < 8 {
            return None;
        }
        let values: Vec<f64> = samples.iter().map(figure).collect();
        let quarter = values.len() / 4;
        Some(Self {
            first: figure(first),
            median: median(&values),
            last: figure(samples.last()?),
            peak: values.iter().copied().fold(0.0, f64::max),
            slope: slope(&warm),
            growth: median(&values[values.len() - quarter..])
                - median(&values[quarter..2 * quarter]),
        })
    }

    pub(super) fn print(&self, name: &str) {
        println!(
            "   {name:<22} {:>9.1} {:>9.1} {:>9.1} {:>9.1} {:>12.1} {:>9.1}",
            self.first, self.median, self.last, self.peak, self.slope, self.growth
        );
    }

    pub(super) fn print_head() {
        println!(
            "   {:<22} {:>9} {:>9} {:>9} {:>9} {:>12} {:>9}",
            "the long-lived process", "first", "median", "last", "peak", "slope/hour", "growth"
        );
    }
}

pub(super) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.iter().fold(0.0, |count, _| count + 1.0);
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let (mut above, mut below) = (0.0, 0.0);
    for (x, y) in points {
        above += (x - mean_x) * (y - mean_y);
        below += (x - mean_x).powi(2);
    }
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_by_a_mebibyte_a_minute_grows_by_sixty_an_hour() {
        let samples: Vec<Sample> = (0..60_u32)
            .map(|minute| Sample {
                minutes: f64::from(minute),
                rss_mib: 40.0 + f64::from(minute),
                ..Sample::default()
            })
            .collect();
        let series = Series::of(&samples, |sample| sample.rss_mib).expect("enough samples");
        assert!((series.slope - 60.0).abs() < 1e-6 && (series.growth - 30.0).abs() < 1e-6);
        assert!((series.first - 40.0).abs() < 1e-9 && (series.peak - 99.0).abs() < 1e-9);
    }

    #[test]
    fn a_few_samples_are_no_series() {
        assert!(Series::of(&[Sample::default(); 7], |sample| sample.rss_mib).is_none());
    }
}
