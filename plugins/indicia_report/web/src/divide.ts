/** The gaps between rows of a table, and between the median profile and a row, where its means allow a division. */
import { gapBetween, profileOf, type Gap, type GapNode, type Profile } from "./gap";
import { type Mean, power } from "./means";
import { type Dimension, isLeaf, type Text } from "./model";
import { scoreOf } from "./power";
import type { Store, Table } from "./store";

/** The reason why the part of a node is not divided. */
export interface Refusal {
  readonly node: number;
  /** No value is computed here; the aggregation is no power mean; a part has values below zero. */
  readonly reason: "not_exact" | "no_mean" | "below_zero";
  /** For values that are not computed: the end of a message key `why.…`, or a text. */
  readonly why: string | Text;
}

/** A gap, with the parts that a table lists. */
export interface DividedGap extends Gap {
  /** Indicators, and dimensions that are not divided; their parts, with the rounding, sum to the gap. */
  readonly lines: readonly number[];
}

/** The gap of a row to the profile of medians, which has gaps where the row has. */
export interface MedianGap extends DividedGap {
  /** The score of the profile, and the number of units with a rank whose scores are worse. */
  readonly base: number;
  readonly behind: number;
}

/** A smaller difference, as a share of the scores, is rounding noise. */
const NOISE = 1e-12;

/** The lines of a gap between two rows that both have measured, and those that only one has, or none. */
export interface Lines {
  readonly measured: readonly number[];
  /** The lines of which the first row has no value, and the second. */
  readonly lacking: readonly [readonly number[], readonly number[]];
}

/** Divide the lines of a gap: what a row lacks is no reason for the gap, though a value that stands there has a part in it. */
export function linesByValue({ lines, implied }: DividedGap, rows: readonly [number, number], isMeasured: (node: number, row: number) => boolean): Lines {
  const lacks = (side: 0 | 1, node: number): boolean => implied[side].has(node) || !isMeasured(node, rows[side]);
  return {
    measured: lines.filter((node) => !lacks(0, node) && !lacks(1, node)),
    lacking: [lines.filter((node) => lacks(0, node)), lines.filter((node) => lacks(1, node))],
  };
}

const known = new WeakMap<Table, Divider>();

export function dividerOf(store: Store, table: Table): Divider {
  let divider = known.get(table);
  if (!divider) known.set(table, (divider = new Divider(store, table)));
  return divider;
}

export class Divider {
  /** Dimensions that are one line, with the reasons. */
  readonly refusals: readonly Refusal[];
  private readonly tree: readonly GapNode[];
  private readonly profiles = new Map<number, Profile>();

  constructor(
    private readonly store: Store,
    private readonly table: Table,
  ) {
    const { engine, model } = store;
    const refusals: Refusal[] = [];
    this.tree = model.tree.map((node, at) => {
      if (isLeaf(node)) return { kids: [], weights: [], power: 1 };
      const mean = meanOf(store, table, at);
      const reason = this.reason(node, at, mean);
      if (reason) refusals.push(reason);
      const total = node.total ?? 1;
      const weights = engine.weights(table.setting, at).map((weight) => weight * total);
      return reason ? { kids: [], weights: [], power: 1 } : { kids: node.kids, weights, power: power(mean) ?? 1 };
    });
    this.refusals = refusals;
  }

  /** The reason why no gap is divided; null if gaps are. */
  get refusal(): Refusal | null {
    return this.refusals.find(({ node }) => node === 0) ?? null;
  }

  /** The parts of the score of one row minus that of another. */
  between(first: number, second: number): DividedGap | null {
    if (this.refusal) return null;
    const profiles = [this.profile(first), this.profile(second)] as const;
    const gap = gapBetween(this.tree, ...profiles);
    return gap && { ...gap, lines: this.lines(gap, profiles) };
  }

  /** The parts of the score of a row minus that of the medians of its period. */
  fromMedian(row: number, period: number): MedianGap | null {
    if (this.refusal) return null;
    const { run } = this.table;
    const medians = this.tree.map(({ kids }, at) => (kids.length ? NaN : this.store.extent(run, at, period).median));
    const own = this.profile(row);
    const base = profileOf(this.tree, medians, own);
    const gap = gapBetween(this.tree, own, base);
    const score = base.components[0];
    return gap && { ...gap, base: score, behind: this.behind(score, period), lines: this.lines(gap, [own]) };
  }

  /** The number of units with a rank whose scores are worse than a score. */
  private behind(score: number, period: number): number {
    const { ranks, run, orders } = this.table;
    const sign = this.store.model.tree[0].low_best ? -1 : 1;
    const ranked = orders[period].filter((row) => ranks[row] === ranks[row]);
    const noise = NOISE * Math.max(...ranked.map((row) => Math.abs(run.unrounded[row])));
    return ranked.filter((row) => sign * (score - run.unrounded[row]) > noise).length;
  }

  private reason(node: Dimension, at: number, mean: Mean): Refusal | null {
    if (!this.store.engine.computes(node)) return { node: at, reason: "not_exact", why: node.why ?? "other" };
    const order = power(mean);
    if (order === null) return { node: at, reason: "no_mean", why: "" };
    const { run } = this.table;
    const isBelowZero = order !== 1 && this.store.engine.lowestComponent(run, at) < 0;
    return isBelowZero ? { node: at, reason: "below_zero", why: "" } : null;
  }

  private profile(row: number): Profile {
    let profile = this.profiles.get(row);
    if (!profile) this.profiles.set(row, (profile = this.profileOfRow(row)));
    return profile;
  }

  /** The values of a row; scores of dimensions are computed again, since a run keeps the rounded ones. */
  private profileOfRow(row: number): Profile {
    const { engine, model } = this.store;
    const { run } = this.table;
    const components = Float64Array.from(run.scores, (column) => column[row]);
    components[0] = run.unrounded[row];
    const scores = new Float64Array(components.length).fill(NaN);
    model.tree.forEach((node, at) => {
      if (isLeaf(node)) return;
      const columns = engine.components(run, at);
      // parents come first: a part has the value with which its first parent fills it
      node.kids.forEach((kid, k) => {
        if (Number.isNaN(components[kid])) components[kid] = columns[k][row];
      });
      const score = run.scores[at][row];
      const { kids, weights, power: order } = this.tree[at];
      const isRounded = at !== 0 && node.decimals !== undefined && !Number.isNaN(score) && kids.length > 0;
      if (at === 0) scores[at] = components[at];
      else scores[at] = isRounded ? scoreOf(columns.map((column) => column[row]), weights, order) : score;
    });
    return { components, scores };
  }

  /** What counts for one of the profiles, down to indicators and to dimensions that a policy filled. */
  private lines(gap: Gap, profiles: readonly Profile[]): number[] {
    const lines = new Set<number>();
    const isFilled = (node: number): boolean =>
      profiles.some(({ components, scores }) => Number.isNaN(scores[node]) && !Number.isNaN(components[node]));
    const visit = (node: number): void => {
      const { kids } = this.tree[node];
      if (kids.length > 0 && !isFilled(node)) kids.forEach(visit);
      else if (!gap.out[node]) lines.add(node);
    };
    visit(0);
    return [...lines];
  }
}

function meanOf({ engine }: Store, { run }: Table, node: number): Mean {
  return run.refused.includes(node) ? engine.publishedMean(node) : engine.mean(run.setting, node);
}
