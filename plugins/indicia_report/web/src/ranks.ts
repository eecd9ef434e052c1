/** Ranks as the engine gives them: scores are equal where only the noise of arithmetic parts them. */

/** The rows that have a value, the largest first; equal values keep the order of rows. */
export function descending(values: Float64Array): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (values[row] === values[row]) rows.push(row);
  const known = Int32Array.from(rows);
  if (known.length < 4000) return known.sort((a, b) => values[b] - values[a] || a - b);
  // A typed sort without a comparator is several times faster: sort the values, then look up the place of each row.
  const sorted = Float64Array.from(known, (row) => values[row]).sort();
  const order = new Int32Array(known.length);
  const used = new Int32Array(known.length);
  for (let at = known.length - 1; at >= 0; at--) {
    const place = lowerBound(sorted, values[known[at]]);
    order[known.length - 1 - (place + used[place]++)] = known[at];
  }
  return order;
}

/** The number of sorted values below a value. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The number of sorted values that are not above a value. */
export function upperBound(sorted: ArrayLike<number>, value: number): number {
  let at = lowerBound(sorted, value);
  while (at < sorted.length && sorted[at] === value) at++;
  return at;
}

export interface RankRule {
  readonly ties: string;
  readonly noise: number;
  readonly lowestFirst: boolean;
  /** True if scores are compared by their logarithms, where all are positive. */
  readonly logarithm: boolean;
}

export interface Ranking {
  /** All rows that have a score, the best first, periods mixed. */
  readonly order: Int32Array;
  /** The rank of each row within its period; NaN is none. */
  readonly ranks: Float64Array;
}

/** Rank all rows within their periods; only eligible rows get a rank. */
export function rankRows(
  scores: Float64Array,
  period: ArrayLike<number> | null,
  eligible: ArrayLike<number> | null,
  rule: RankRule,
): Ranking {
  const order = descending(scores);
  const level = levels(scores, order, rule);
  if (rule.lowestFirst) {
    order.reverse();
    level.reverse();
  }
  return { order, ranks: ranksOfLevels(scores.length, order, level, period, eligible, rule.ties) };
}

/** A number for each place in the order that neighbours share if noise alone parts them. */
function levels(scores: Float64Array, order: Int32Array, rule: RankRule): Int32Array {
  const last = order.length - 1;
  const level = new Int32Array(order.length);
  if (last < 0) return level;
  const logarithm = rule.logarithm && scores[order[last]] > 0;
  const size = logarithm ? 1 : Math.max(Math.abs(scores[order[0]]), Math.abs(scores[order[last]]));
  const tolerance = rule.noise * size;
  const key = (at: number): number => (logarithm ? Math.log(scores[order[at]]) : scores[order[at]]);
  let before = key(0);
  for (let at = 1; at <= last; at++) {
    const now = key(at);
    level[at] = level[at - 1] + (before - now > tolerance ? 1 : 0);
    before = now;
  }
  return level;
}

function ranksOfLevels(
  rows: number,
  order: Int32Array,
  level: Int32Array,
  period: ArrayLike<number> | null,
  eligible: ArrayLike<number> | null,
  ties: string,
): Float64Array {
  const ranks = new Float64Array(rows).fill(NaN);
  const byPeriod = new Map<number, { level: number; rows: number[]; before: number; dense: number }>();
  const close = (group: { rows: number[]; before: number; dense: number }): void => {
    const size = group.rows.length;
    group.dense++;
    const first = group.before + 1;
    const last = group.before + size;
    const rank = ties === "min" ? first : ties === "max" ? last : ties === "dense" ? group.dense : (first + last) / 2;
    for (const row of group.rows) ranks[row] = rank;
    group.before = last;
    group.rows = [];
  };
  for (let at = 0; at < order.length; at++) {
    const row = order[at];
    const when = period ? period[row] : 0;
    if ((eligible && !eligible[row]) || when < 0) continue;
    let group = byPeriod.get(when);
    if (!group) byPeriod.set(when, (group = { level: level[at], rows: [], before: 0, dense: 0 }));
    if (group.rows.length && group.level !== level[at]) close(group);
    group.level = level[at];
    group.rows.push(row);
  }
  for (const group of byPeriod.values()) if (group.rows.length) close(group);
  return ranks;
}
