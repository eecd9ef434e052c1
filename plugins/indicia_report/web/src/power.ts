/**
 * Power means, and divided differences of the scales on which they add.
 *
 * A mean of order p adds on the scale h: the value itself (1, arithmetic), its logarithm (0, geometric), or its p-th
 * power (−1, harmonic; any other p, generalised).
 */

/** Values are near if their distance is less than this share of the larger one. */
const NEAR = 0.5;

/** ln(a / b) of values that are not negative; near values lose no digits. */
export function logRatio(numerator: number, denominator: number): number {
  const share = (numerator - denominator) / denominator;
  return Math.abs(share) < NEAR ? Math.log1p(share) : Math.log(numerator / denominator);
}

/**
 * (h(a) − h(b)) / (a − b), and h′(a) where a = b; h has the sign that makes it rise, so that no result is negative.
 *
 * Infinite where h is infinite at one of the values, or steep without limit at both.
 */
export function dividedDifference(first: number, second: number, power: number): number {
  if (Number.isNaN(first) || Number.isNaN(second)) return NaN;
  if (power === 1) return 1;
  if (power === -1) return 1 / (first * second);
  const large = Math.max(first, second);
  const small = Math.min(first, second);
  if (large === small) return power === 0 ? 1 / large : Math.abs(power) * large ** (power - 1);
  const ratio = logRatio(small, large);
  const rise = power === 0 ? -ratio : -Math.sign(power) * large ** power * Math.expm1(power * ratio);
  return rise / (large - small);
}

/** The weighted mean of some order; values with weight 0 may be missing, and without any weight there is no mean. */
export function powerMean(values: readonly number[], weights: readonly number[], power: number): number {
  let total = 0;
  let end = power > 0 ? -Infinity : Infinity;
  values.forEach((value, k) => {
    const weight = weights[k];
    if (weight === 0) return;
    total += weight;
    end = power > 0 ? Math.max(end, value) : Math.min(end, value);
  });
  if (total === 0) return NaN;
  // the largest value, or the smallest for a negative power, is divided out, since powers may overflow
  const size = power !== 1 && end > 0 && Number.isFinite(end) ? end : 1;
  let sum = 0;
  values.forEach((value, k) => {
    if (weights[k] !== 0) sum += (weights[k] / total) * onScale(value / size, power);
  });
  return power === 1 ? sum : power === 0 ? Math.exp(sum) * size : size * sum ** (1 / power);
}

/** The score of a node by values of which some may be missing, and by weights of any sum. */
export function scoreOf(values: readonly number[], weights: readonly number[], power: number): number {
  const present = weights.map((weight, k) => (Number.isNaN(values[k]) ? 0 : weight));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return scoreOfMean(powerMean(values, present, power), total, power);
}

/** The score of a node whose weights have this sum. */
function scoreOfMean(mean: number, total: number, power: number): number {
  if (isOne(total)) return mean;
  return power === 1 ? total * mean : mean ** total;
}

/** The mean that belongs to a score: the two differ if weights do not sum to 1. */
export function meanOfScore(score: number, total: number, power: number): number {
  if (isOne(total)) return score;
  return power === 1 ? score / total : score ** (1 / total);
}

const isOne = (total: number): boolean => Math.abs(total - 1) <= 1e-12;

const onScale = (value: number, power: number): number =>
  power === 1 ? value : power === 0 ? Math.log(value) : value ** power;
