/** The least value of each indicator, alone and all else equal, with which a unit draws level with another. */
import { isLeaf, type LinearColumn } from "./model";
import type { Store, Table } from "./store";

export interface Goal {
  /** The row of the unit to draw level with, and its score as ranks compare it. */
  readonly rival: number;
  readonly score: number;
}

/** What an indicator alone can do. */
export interface Lever {
  readonly node: number;
  /** Normalised values: the present one, the one needed, and the best one on the scale. */
  readonly now: number;
  readonly needed: number;
  readonly limit: number;
  /** The raw value needed, where normalised values are a straight line of raw values; else that of the row `like`. */
  readonly raw: number;
  /** A row whose value is just good enough; −1 if there is none. */
  readonly like: number;
}

export interface Reach {
  /** The indicators that are enough, the smallest share of the scale first. */
  readonly levers: readonly Lever[];
  /** Indicators that are not enough even at the best value. */
  readonly short: readonly number[];
  /** Indicators left out: a missing or imputed value, or a change that would move the scores of other units. */
  readonly leftOut: readonly number[];
}

/** A change that lies within a rounding error of the goal reaches it. */
const NOISE = 1e-12;
const STEPS = 60;
/** Methods whose only statistics are the ends of the values; a treatment or an imputation may have others. */
const ENDS_ONLY = /^(?:log → )?min_max\b/;

/** The unit at some place of the ranking, or the next one above a unit, to draw level with; null if none is above it. */
export function goalOf(store: Store, table: Table, row: number, period: number, place?: number): Goal | null {
  const { ranks, run, scores } = table;
  const above = table.orders[period].filter((other) => ranks[other] < ranks[row]);
  const rival = above[place === undefined ? above.length - 1 : place - 1];
  return rival === undefined ? null : { rival, score: (store.model.unrounded ? run.unrounded : scores)[rival] };
}

/** The changes that reach a goal; null if the page computes none of them. */
export function reachOf(store: Store, table: Table, row: number, period: number, goal: Goal): Reach | null {
  const { engine, model, leaves } = store;
  const { run } = table;
  const rows = store.rowsOf[period];
  const sign = model.lowest_first ? -1 : 1;
  if (model.tree.some((node) => !isLeaf(node) && !engine.computes(node))) return null;
  const levers: Lever[] = [];
  const short: number[] = [];
  const leftOut: number[] = [];
  for (const node of leaves) {
    const path = pathUp(node);
    const limit = limitOf(node, path);
    const now = run.scores[node][row];
    if (limit === null) leftOut.push(node);
    else {
      const needed = sign * (limit - now) > 0 ? least(path, now, limit) : null;
      if (needed === null) short.push(node);
      else levers.push({ node, now, needed, limit, ...rawOf(node, needed) });
    }
  }
  if (leftOut.length === leaves.length) return null;
  return { levers: levers.sort((a, b) => effort(a) - effort(b)), short, leftOut };

  /** A node and all nodes that depend on it, parts before their nodes. */
  function pathUp(node: number): number[] {
    const path = [node];
    for (let at = node - 1; at >= 0; at--) if (kidsOf(at).some((kid) => path.includes(kid))) path.push(at);
    return path;
  }

  function kidsOf(node: number): readonly number[] {
    const part = model.tree[node];
    return isLeaf(part) ? [] : part.kids;
  }

  function lineOf(node: number): LinearColumn | null {
    const column = model.z[node];
    return column.t === "lin" ? column : null;
  }

  /** The best normalised value that an indicator can take without a change of other units; null if it is left out. */
  function limitOf(node: number, path: readonly number[]): number | null {
    const part = model.tree[node];
    const z = run.scores[node];
    if (!isLeaf(part) || z[row] !== z[row] || store.isImputed(row, node) || fillsOthers(path)) return null;
    const { low, high } = store.extent(run, node, period);
    const [worst, best] = sign > 0 ? [low, high] : [high, low];
    const line = lineOf(node);
    if (part.bounds && line) {
      const ends = line.clip ?? part.bounds.map((bound) => line.z0 + ((line.z1 - line.z0) * (bound - line.x0)) / (line.x1 - line.x0));
      return sign * Math.max(sign * best, ...ends.map((end) => sign * end));
    }
    // the scale ends at the best and at the worst unit: a unit that alone is the worst would move it
    const isAloneWorst = z[row] === worst && rows.every((other) => other === row || z[other] !== worst);
    return part.bounds || (ENDS_ONLY.test(part.norm) && !isAloneWorst) ? best : null;
  }

  /** True if the value of the unit, in the mean of its group, fills the gap of another unit. */
  function fillsOthers(path: readonly number[]): boolean {
    return path.some((at) => {
      const part = model.tree[at];
      if (isLeaf(part) || part.missing.policy !== "group_mean") return false;
      const of = model.groups.find(({ id }) => id === part.missing.within)?.of;
      const groupOf = (one: number): number | undefined => of?.[model.row.unit[one]];
      const kids = part.kids.filter((kid) => path.includes(kid));
      return rows.some((other) => groupOf(other) === groupOf(row) && kids.some((kid) => Number.isNaN(run.scores[kid][other])));
    });
  }

  /** The least value between two ends that is enough; null if the limit is not. */
  function least(path: readonly number[], now: number, limit: number): number | null {
    const isEnough = (value: number): boolean => sign * (scoreWith(path, value) - goal.score) >= -NOISE * Math.abs(goal.score);
    if (!isEnough(limit)) return null;
    let [from, to] = [now, limit];
    for (let step = 0; step < STEPS; step++) {
      const middle = (from + to) / 2;
      if (isEnough(middle)) to = middle;
      else from = middle;
    }
    return to;
  }

  /** The score of the unit with another value of the first node of a path. */
  function scoreWith(path: readonly number[], value: number): number {
    const values = new Map([[path[0], value]]);
    let exact = value;
    for (const at of path.slice(1)) {
      const given = engine.components(run, at);
      const columns = kidsOf(at).map((kid, k) => Float64Array.of(values.get(kid) ?? given[k][row]));
      const score = engine.score(run, at, columns);
      exact = score.exact[0];
      values.set(at, score.rounded[0]);
    }
    return model.unrounded ? exact : values.get(0)!;
  }

  /** The raw value behind a normalised one: by the straight line, or the value of the unit that is just good enough. */
  function rawOf(node: number, needed: number): { raw: number; like: number } {
    const line = lineOf(node);
    const raw = engine.raw(node);
    const z = run.scores[node];
    if (!raw) return { raw: NaN, like: -1 };
    if (line) {
      const rawAt = (value: number): number => line.x0 + ((line.x1 - line.x0) * (value - line.z0)) / (line.z1 - line.z0);
      // prepared values, such as those divided by a denominator, are no raw values
      if (Math.abs(rawAt(z[row]) - raw[row]) <= 1e-9 * Math.abs(raw[row])) return { raw: rawAt(needed), like: -1 };
    }
    let like = -1;
    for (const other of rows) {
      const isUsable = sign * (z[other] - needed) >= 0 && !store.isImputed(other, node) && raw[other] === raw[other];
      if (isUsable && (like < 0 || sign * (z[other] - z[like]) < 0)) like = other;
    }
    return { raw: like < 0 ? NaN : raw[like], like };
  }

  function effort({ now, needed, node }: Lever): number {
    const { low, high } = store.extent(run, node, period);
    return Math.abs(needed - now) / (high - low || 1);
  }
}
