/** The least value of each indicator, alone and all else equal, with which a unit draws level with a rank. */
import { type Column, isLeaf, type LinearColumn, type Model } from "./model";
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
  /** The raw value needed, where normalised values are a straight line of raw values; else NaN. */
  readonly raw: number;
  /** Otherwise a row whose value is just good enough; −1 if there is none. */
  readonly like: number;
}

export interface Reach {
  /** The indicators that are enough, the smallest share of the scale first. */
  readonly levers: readonly Lever[];
  /** Indicators that are not enough even at the best value. */
  readonly short: readonly number[];
  /** Indicators left out: a missing or imputed value, or a change that would move the scale of all units. */
  readonly leftOut: readonly number[];
}

/** A change that lies within a rounding error of the goal reaches it. */
const NOISE = 1e-12;
const STEPS = 60;

/** The unit at some place of the ranking, or the next one above a unit, to draw level with; null if none is above it. */
export function goalOf(store: Store, table: Table, row: number, period: number, place?: number): Goal | null {
  const { ranks } = table;
  const above = table.orders[period].filter((other) => ranks[other] < ranks[row]);
  const rival = above[place === undefined ? above.length - 1 : place - 1];
  return rival === undefined ? null : { rival, score: ranked(store, table)[rival] };
}

/** The changes that reach a goal; null if the scores of all units depend on the value of one. */
export function reachOf(store: Store, table: Table, row: number, period: number, goal: Goal): Reach | null {
  const { model } = store;
  if (model.tree.some((node) => !isLeaf(node) && !store.engine.computes(node))) return null;
  const sign = model.lowest_first ? -1 : 1;
  const levers: Lever[] = [];
  const short: number[] = [];
  const leftOut: number[] = [];
  for (const node of store.leaves) {
    const limit = limitOf(store, table, row, node, period, sign);
    const now = table.run.scores[node][row];
    if (limit === null) leftOut.push(node);
    else if (sign * (limit - now) <= 0) short.push(node);
    else {
      const needed = least(store, table, row, node, now, limit, (score) => sign * (score - goal.score) >= -NOISE * Math.abs(goal.score));
      if (needed === null) short.push(node);
      else levers.push({ node, now, needed, limit, ...rawOf(store, table, row, node, period, needed, sign) });
    }
  }
  if (leftOut.length === store.leaves.length) return null;
  const effort = ({ now, needed, node }: Lever): number => {
    const { low, high } = store.extent(table.run, node, period);
    return Math.abs(needed - now) / (high - low || 1);
  };
  return { levers: levers.sort((a, b) => effort(a) - effort(b)), short, leftOut };
}

/** The scores that ranks compare. */
const ranked = ({ model }: Store, { run, scores }: Table): Float64Array => (model.unrounded ? run.unrounded : scores);

/** The best normalised value that an indicator can take without a change of other units; null if it is left out. */
function limitOf(store: Store, table: Table, row: number, node: number, period: number, sign: number): number | null {
  const part = store.model.tree[node];
  const now = table.run.scores[node][row];
  if (!isLeaf(part) || now !== now || store.isImputed(row, node) || fillsOthers(store, table, row, node, period)) return null;
  const { low, high } = store.extent(table.run, node, period);
  const best = sign > 0 ? high : low;
  const line = lineOf(store.model, node);
  if (part.bounds && line) {
    const ends = line.clip ?? part.bounds.map((bound) => line.z0 + ((line.z1 - line.z0) * (bound - line.x0)) / (line.x1 - line.x0));
    const top = sign > 0 ? Math.max(...ends) : Math.min(...ends);
    return sign * (top - best) > 0 ? top : best;
  }
  // the scale ends at the best and at the worst unit: a unit that alone is the worst would move it
  const worst = sign > 0 ? low : high;
  const isAloneWorst = now === worst && [...store.rowsOf[period]].every((other) => other === row || table.run.scores[node][other] !== now);
  return part.bounds || (/^min_max\b/.test(part.norm) && !isAloneWorst) ? best : null;
}

/** True if the value of a unit, in the mean of its group, fills the gap of another unit. */
function fillsOthers({ model, rowsOf }: Store, { run }: Table, row: number, node: number, period: number): boolean {
  const path = pathUp(model, node);
  return path.some((at) => {
    const part = model.tree[at];
    if (isLeaf(part) || part.missing.policy !== "group_mean") return false;
    const of = model.groups.find(({ id }) => id === part.missing.within)?.of;
    const group = of?.[model.row.unit[row]];
    const kids = part.kids.filter((kid) => path.includes(kid));
    return rowsOf[period].some((other) => of?.[model.row.unit[other]] === group && kids.some((kid) => Number.isNaN(run.scores[kid][other])));
  });
}

/** The least value between two ends that is enough; null if the limit is not. */
function least(
  store: Store,
  table: Table,
  row: number,
  node: number,
  now: number,
  limit: number,
  isEnough: (score: number) => boolean,
): number | null {
  const path = pathUp(store.model, node);
  if (!isEnough(scoreWith(store, table, row, path, limit))) return null;
  let [from, to] = [now, limit];
  for (let step = 0; step < STEPS; step++) {
    const middle = (from + to) / 2;
    if (isEnough(scoreWith(store, table, row, path, middle))) to = middle;
    else from = middle;
  }
  return to;
}

/** A node and all nodes that depend on it, parts before their nodes. */
function pathUp(model: Model, node: number): number[] {
  const path = [node];
  for (let at = node - 1; at >= 0; at--) {
    const part = model.tree[at];
    if (!isLeaf(part) && part.kids.some((kid) => path.includes(kid))) path.push(at);
  }
  return path;
}

/** The score of a row with another value of the first node of a path. */
function scoreWith(store: Store, table: Table, row: number, path: readonly number[], value: number): number {
  const { engine, model } = store;
  const { run } = table;
  const values = new Map<number, number>([[path[0], value]]);
  let exact = value;
  for (const at of path.slice(1)) {
    const part = model.tree[at];
    if (isLeaf(part)) continue;
    const given = engine.components(run, at);
    const columns = part.kids.map((kid, k) => Float64Array.of(values.get(kid) ?? given[k][row]));
    const score = engine.score(run, at, columns);
    exact = score.exact[0];
    values.set(at, score.rounded[0]);
  }
  return model.unrounded ? exact : (values.get(0) ?? NaN);
}

function lineOf(model: Model, node: number): LinearColumn | null {
  const column: Column | undefined = model.z[node];
  return column?.t === "lin" ? column : null;
}

/** The raw value behind a normalised one: by the straight line, or the value of the unit that is just good enough. */
function rawOf(
  store: Store,
  table: Table,
  row: number,
  node: number,
  period: number,
  needed: number,
  sign: number,
): { raw: number; like: number } {
  const line = lineOf(store.model, node);
  const raw = store.engine.raw(node);
  const z = table.run.scores[node];
  if (!raw) return { raw: NaN, like: -1 };
  const rawAt = (value: number): number => (line ? line.x0 + ((line.x1 - line.x0) * (value - line.z0)) / (line.z1 - line.z0) : NaN);
  // prepared values, such as those of a denominator, are no raw values
  if (line && Math.abs(rawAt(z[row]) - raw[row]) <= 1e-9 * Math.abs(raw[row])) return { raw: rawAt(needed), like: -1 };
  let like = -1;
  for (const other of store.rowsOf[period]) {
    const isUsable = sign * (z[other] - needed) >= 0 && !store.isImputed(other, node) && raw[other] === raw[other];
    if (isUsable && (like < 0 || sign * (z[other] - z[like]) < 0)) like = other;
  }
  return { raw: like < 0 ? NaN : raw[like], like };
}

