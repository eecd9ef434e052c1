/** The means that the script computes: S = back(Σ w·to(z)) for four of them; min and max ignore the size of weights. */
import type { MeanName } from "./model";

export interface Mean {
  readonly name: MeanName;
  readonly p: number | null;
}

export const MEANS: readonly MeanName[] = ["arithmetic", "geometric", "harmonic", "generalised", "min", "max"];

export const isMeanName = (name: string): name is MeanName => (MEANS as readonly string[]).includes(name);

/** The exponent of a mean as a power mean; 0 is the geometric mean, null a mean that is none (min and max). */
export function power({ name, p }: Mean): number | null {
  if (name === "arithmetic") return 1;
  if (name === "geometric") return 0;
  if (name === "harmonic") return -1;
  return name === "generalised" ? p : null;
}

/** True if rounding errors of the mean are relative to the score, so that ranks compare logarithms. */
export function isPositiveOnly(mean: Mean): boolean {
  const exponent = power(mean);
  return exponent !== null && exponent <= 0;
}

/** True if the mean is defined for components of which this is the lowest. */
export function admits(mean: Mean, lowest: number): boolean {
  const exponent = power(mean);
  if (exponent === null || exponent === 1) return mean.name !== "generalised" || lowest >= 0;
  return exponent > 0 ? lowest >= 0 : lowest > 0;
}

export const same = (one: Mean, other: Mean): boolean =>
  one.name === other.name && (one.name !== "generalised" || one.p === other.p);

export function to(mean: Mean, z: number): number {
  const exponent = power(mean);
  if (exponent === null) throw new Error(`${mean.name} has no formula with powers`);
  return exponent === 1 ? z : exponent === 0 ? Math.log(z) : exponent === -1 ? 1 / z : z ** exponent;
}

export function back(mean: Mean, value: number): number {
  const exponent = power(mean);
  if (exponent === null) throw new Error(`${mean.name} has no formula with powers`);
  return exponent === 1 ? value : exponent === 0 ? Math.exp(value) : exponent === -1 ? 1 / value : value ** (1 / exponent);
}

const RELATIVE_ERROR = 4e-15;
const ABSOLUTE_ERROR = 1e-9;

/** Round half up, as the engine does: the errors of a half in memory are added. */
export function halfUp(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const scaled = value * scale;
  return Math.floor(scaled + (0.5 + ABSOLUTE_ERROR) + Math.abs(scaled) * RELATIVE_ERROR) / scale;
}

export interface Enough {
  /** True if a score needs every component. */
  readonly all: boolean;
  readonly share: number;
  readonly count: number;
}

/** Combine columns; weights sum to 1, and `total` is the sum that they have in the score. */
export function combine(
  mean: Mean,
  columns: readonly Float64Array[],
  weights: readonly number[],
  total: number,
  enough: Enough,
  rows: number,
): Float64Array {
  const sum = new Float64Array(rows);
  const weight = new Float64Array(rows);
  const present = new Uint16Array(rows);
  const exponent = power(mean);
  const size = mean.name === "generalised" ? sizes(columns, (mean.p ?? 1) > 0, rows) : null;
  const extreme = exponent === null ? (mean.name === "min" ? Math.min : Math.max) : null;
  if (extreme) sum.fill(mean.name === "min" ? Infinity : -Infinity);
  columns.forEach((column, at) => {
    const own = weights[at];
    for (let row = 0; row < rows; row++) {
      const z = column[row];
      if (z !== z) continue;
      weight[row] += own;
      present[row]++;
      if (extreme) sum[row] = extreme(sum[row], z);
      else if (exponent === 1 && !size) sum[row] += own * z;
      else if (own > 0) sum[row] += own * to(mean, size ? z / size[row] : z);
    }
  });
  const count = columns.length;
  for (let row = 0; row < rows; row++) {
    const here = present[row];
    const scored = enough.all ? here === count : here / count >= enough.share && here >= enough.count;
    if (!scored || !(weight[row] > 0)) sum[row] = NaN;
    else if (!extreme) {
      const scaled = here === count ? total * sum[row] : (total * sum[row]) / weight[row];
      sum[row] = exponent === 1 && !size ? scaled : back(mean, scaled) * (size ? size[row] : 1);
    }
  }
  return sum;
}

/** What values are divided by before they are raised to a power, so that large powers do not overflow. */
function sizes(columns: readonly Float64Array[], largest: boolean, rows: number): Float64Array {
  const end = new Float64Array(rows).fill(largest ? -Infinity : Infinity);
  for (const column of columns) {
    for (let row = 0; row < rows; row++) {
      const z = column[row];
      if (z === z) end[row] = largest ? Math.max(end[row], z) : Math.min(end[row], z);
    }
  }
  return end.map((value) => (value > 0 && value < Infinity ? value : 1));
}
