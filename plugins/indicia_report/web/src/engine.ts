/** Scores under a reader's weights and means, as the Python engine computes them; no document, no Preact. */
import { decodeColumn, decodePlain } from "./decode";
import { admits, combine, halfUp, isMeanName, type Mean, same } from "./means";
import { type Dimension, isLeaf, type MissingRule, type Model } from "./model";

/** What a reader sets: weights and means of nodes, by their place in the tree. */
export interface Setting {
  readonly weights: ReadonlyMap<number, readonly number[]>;
  readonly means: ReadonlyMap<number, Mean>;
}

export const PUBLISHED: Setting = { weights: new Map(), means: new Map() };

export interface Run {
  readonly setting: Setting;
  /** The values of every node, by row: normalised values of indicators, scores as parents take them of dimensions. */
  readonly scores: readonly Float64Array[];
  /** The scores of the index before rounding. */
  readonly unrounded: Float64Array;
  /** The columns that a dimension takes where a value stands for a missing one: by node, in the order of its kids. */
  readonly filled: ReadonlyMap<number, readonly Float64Array[]>;
  /** Nodes whose mean is not defined for the values of their parts: they keep the published one. */
  readonly refused: readonly number[];
}

const COMPUTED_POLICIES = ["refuse", "propagate", "skip", "value", "group_mean"];

/** The model with its columns decoded. */
export class Engine {
  readonly rows: number;
  readonly published: Run;
  private readonly values = new Map<number, Float64Array>();
  private readonly rawColumns = new Map<number, Float64Array>();
  private readonly groupKeys = new Map<string, Int32Array>();
  private readonly adjustable: boolean[] = [];

  constructor(readonly model: Model) {
    this.rows = model.row.unit.length;
    model.tree.forEach((node, at) => {
      if (isLeaf(node)) this.values.set(at, decodeColumn(model.z[at], () => this.prepared(at)));
      else if (!this.computes(node)) this.values.set(at, decodePlain(at ? model.scores![at] : (model.scores?.[0] ?? model.score)));
      // parents come first
      const own = isLeaf(node) || this.computes(node);
      this.adjustable.push(own && node.parents.every((parent) => this.adjustable[parent]));
    });
    this.published = this.run(PUBLISHED);
  }

  /** True if a reader may change the weights and the mean of a node: it and all nodes above it can be computed. */
  isAdjustable(node: number): boolean {
    return !isLeaf(this.model.tree[node]) && this.adjustable[node];
  }

  raw(node: number): Float64Array | null {
    const column = this.model.raw[node];
    if (!column) return null;
    const known = this.rawColumns.get(node);
    if (known) return known;
    const values = decodePlain(column);
    this.rawColumns.set(node, values);
    return values;
  }

  /** The weights of the parts of a node, with sum 1. */
  weights(setting: Setting, node: number): readonly number[] {
    const weights = setting.weights.get(node) ?? this.dimension(node).w;
    let total = 0;
    for (const weight of weights) total += weight;
    return total > 0 ? weights.map((weight) => weight / total) : weights;
  }

  mean(setting: Setting, node: number): Mean {
    return setting.means.get(node) ?? this.publishedMean(node);
  }

  publishedMean(node: number): Mean {
    const { agg, p } = this.dimension(node);
    const name = isMeanName(agg) ? agg : "arithmetic";
    return { name, p: name === "generalised" ? (p ?? null) : null };
  }

  /** The columns of the parts of a node, with what stands for missing values. */
  components(run: Run, node: number): readonly Float64Array[] {
    return run.filled.get(node) ?? this.dimension(node).kids.map((kid) => run.scores[kid]);
  }

  /** Compute every node; nodes that an earlier run has under the same setting are taken from it. */
  run(setting: Setting, before?: Run): Run {
    const { tree } = this.model;
    const scores: Float64Array[] = [];
    const filled = new Map<number, readonly Float64Array[]>();
    const refused: number[] = [];
    let unrounded = this.values.get(0) ?? null;
    for (let at = tree.length - 1; at >= 0; at--) {
      const node = tree[at];
      if (isLeaf(node) || !this.computes(node)) {
        scores[at] = this.values.get(at)!;
        continue;
      }
      if (before && this.isUnchanged(at, node, setting, before, scores)) {
        scores[at] = before.scores[at];
        const columns = before.filled.get(at);
        if (columns) filled.set(at, columns);
        if (before.refused.includes(at)) refused.push(at);
        if (at === 0) unrounded = before.unrounded;
        continue;
      }
      const columns = this.fill(node, scores);
      if (columns.some((column, j) => column !== scores[node.kids[j]])) filled.set(at, columns);
      let mean = this.mean(setting, at);
      if (setting.means.has(at) && !admits(mean, lowest(columns))) {
        refused.push(at);
        mean = this.publishedMean(at);
      }
      const exact = combine(mean, columns, this.weights(setting, at), node.total ?? 1, enough(node.missing), this.rows);
      if (at === 0) unrounded = exact;
      scores[at] = rounded(exact, node);
    }
    return { setting, scores, unrounded: unrounded ?? scores[0], filled, refused };
  }

  /** The scores of a node by other values of its parts, before rounding and rounded; one value for each row. */
  score(run: Run, node: number, columns: readonly Float64Array[]): { exact: Float64Array; rounded: Float64Array } {
    const part = this.dimension(node);
    const mean = run.refused.includes(node) ? this.publishedMean(node) : this.mean(run.setting, node);
    const exact = combine(mean, columns, this.weights(run.setting, node), part.total ?? 1, enough(part.missing), columns[0].length);
    return { exact, rounded: rounded(exact, part) };
  }

  /** The lowest value that the parts of a node have in a run. */
  lowestComponent(run: Run, node: number): number {
    return lowest(this.components(run, node));
  }

  private dimension(node: number): Dimension {
    return this.model.tree[node] as Dimension;
  }

  /** True if the script computes the scores of a node from those of its parts. */
  computes(node: Dimension): boolean {
    return node.exact && isMeanName(node.agg) && COMPUTED_POLICIES.includes(node.missing.policy);
  }

  private isUnchanged(at: number, node: Dimension, setting: Setting, before: Run, scores: readonly Float64Array[]): boolean {
    return (
      setting.weights.get(at) === before.setting.weights.get(at) &&
      same(this.mean(setting, at), this.mean(before.setting, at)) &&
      node.kids.every((kid) => scores[kid] === before.scores[kid])
    );
  }

  private fill({ kids, missing }: Dimension, scores: readonly Float64Array[]): readonly Float64Array[] {
    const columns = kids.map((kid) => scores[kid]);
    const { policy, value, within } = missing;
    if (policy === "value" && value !== undefined) return columns.map((column) => filledWith(column, () => value));
    if (policy === "group_mean" && within !== undefined) return columns.map((column) => this.filledByGroup(column, within));
    return columns;
  }

  /** Fill gaps with the mean of the rows of the same group and period. */
  private filledByGroup(column: Float64Array, within: string): Float64Array {
    const keys = this.keys(within);
    const sum = new Map<number, number>();
    const count = new Map<number, number>();
    column.forEach((value, row) => {
      const key = keys[row];
      if (key < 0 || value !== value) return;
      sum.set(key, (sum.get(key) ?? 0) + value);
      count.set(key, (count.get(key) ?? 0) + 1);
    });
    return filledWith(column, (row) => (count.has(keys[row]) ? sum.get(keys[row])! / count.get(keys[row])! : NaN));
  }

  private keys(within: string): Int32Array {
    const known = this.groupKeys.get(within);
    if (known) return known;
    const { groups, periods, row } = this.model;
    const group = groups.find(({ id }) => id === within);
    const count = Math.max(1, periods.length);
    const keys = Int32Array.from(row.unit, (unit, at) => {
      const label = group ? group.of[unit] : -1;
      return label < 0 ? -1 : label * count + (row.period ? row.period[at] : 0);
    });
    this.groupKeys.set(within, keys);
    return keys;
  }

  /** The values of an indicator before normalisation: raw values, and the values that fill its gaps. */
  private prepared(node: number): Float64Array {
    const values = Float64Array.from(this.raw(node) ?? []);
    for (const [row, at, value] of this.model.imputed) if (at === node && value !== null) values[row] = value;
    return values;
  }
}

function enough({ policy, share, count }: MissingRule): { all: boolean; share: number; count: number } {
  return { all: policy === "refuse" || policy === "propagate", share, count };
}

function rounded(scores: Float64Array, { decimals }: Dimension): Float64Array {
  return decimals === undefined ? scores : scores.map((score) => halfUp(score, decimals));
}

function lowest(columns: readonly Float64Array[]): number {
  let least = Infinity;
  for (const column of columns) for (const value of column) if (value < least) least = value;
  return least;
}

/** The column itself if it has no gaps. */
function filledWith(column: Float64Array, value: (row: number) => number): Float64Array {
  return column.some((z) => z !== z) ? column.map((z, row) => (z === z ? z : value(row))) : column;
}
