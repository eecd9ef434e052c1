/** Positions along an axis. */

/** Round numbers from the lowest to the highest value, about `count` of them. */
export function ticks(low: number, high: number, count = 5): number[] {
  if (!(high >= low) || !Number.isFinite(high - low)) return [];
  const step = (high - low || 1) / count;
  const size = 10 ** Math.floor(Math.log10(step));
  const nice = [1, 2, 5, 10].map((factor) => factor * size).find((value) => value >= step) ?? step;
  const found: number[] = [];
  for (let at = Math.ceil(low / nice - 1e-9) * nice; at <= high + 1e-9 * nice; at += nice) found.push(Number(at.toPrecision(10)));
  return found;
}

/** The decimals that tell the ticks apart. */
export function tickDecimals(values: readonly number[]): number {
  return Math.max(0, ...values.map((value) => (String(value).split(".")[1] ?? "").length));
}

/** A straight line from values to positions; one value alone stands in the middle. */
export function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  return high > low ? (value) => from + ((to - from) * (value - low)) / (high - low) : () => (from + to) / 2;
}
