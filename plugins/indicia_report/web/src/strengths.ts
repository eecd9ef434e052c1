/** The strengths and weaknesses of a unit: indicators in which it is far from the median, by the rule of `indicia explain`. */
import { lowerBound, upperBound } from "./ranks";

/** The share of units that the unit must leave behind on its side of the median. */
const BEYOND = 0.75;
/** An indicator is nearly constant if so many units, or more, share its most frequent value. */
const ALIKE = 0.5;

export type Kind = "strength" | "weakness";

/**
 * Whether an indicator is a strength or a weakness; null if it is neither.
 *
 * `values` are the sorted normalised values of all units of the period, and `effect` is the part of the indicator in the
 * distance to the median profile, above 0 if it makes the unit better. Three quarters of the units must be nearer to the
 * median or beyond it (ties count half), and less than half of the units may share one value. Pass no imputed value.
 */
export function kindOf(value: number, values: Float64Array, effect: number): Kind | null {
  const count = values.length;
  if (!(Math.abs(effect) > 0) || value !== value || !count || mostFrequent(values) >= ALIKE * count) return null;
  const below = lowerBound(values, value);
  const equal = upperBound(values, value) - below;
  const half = count >> 1;
  const median = count % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
  const nearer = value > median ? below : count - below - equal;
  if ((nearer + equal / 2) / count < BEYOND) return null;
  return effect > 0 ? "strength" : "weakness";
}

function mostFrequent(values: Float64Array): number {
  let most = 0;
  for (let from = 0; from < values.length; ) {
    const to = upperBound(values, values[from]);
    most = Math.max(most, to - from);
    from = to;
  }
  return most;
}
