/** Tables that views share, derived from the model and a setting; each is computed once. */
import { decodePlain } from "./decode";
import { Engine, PUBLISHED, type Run, type Setting } from "./engine";
import { isPositiveOnly } from "./means";
import { isLeaf, type Model, type Text } from "./model";
import { type Ranking, rankRows } from "./ranks";

/** Scores and ranks of all rows under a setting. */
export interface Table {
  readonly setting: Setting;
  readonly run: Run;
  /** The scores of the index, by row. */
  readonly scores: Float64Array;
  readonly ranks: Float64Array;
  /** True if a weight or mean differs from the published ones. */
  readonly changed: boolean;
  /** The rows of each period that have a score, the best first. */
  readonly orders: readonly Int32Array[];
}

/** The lowest and highest value of a node in a period, and the median. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  readonly median: number;
  /** All values, sorted. */
  readonly values: Float64Array;
}

const KEPT_TABLES = 3;

export class Store {
  readonly engine: Engine;
  readonly published: Table;
  readonly periods: number;
  readonly unitAt: ReadonlyMap<string, number>;
  /** The rows of each period. */
  readonly rowsOf: readonly Int32Array[];
  readonly leaves: readonly number[];
  /** The distance of each node from the root. */
  readonly depth: readonly number[];
  private readonly rowAt: Int32Array;
  private readonly tables: Table[] = [];
  private readonly places = new WeakMap<Float64Array, Float64Array>();
  private readonly extents = new WeakMap<Float64Array, Map<number, Extent>>();
  private readonly imputedCells = new Map<string, number | null>();
  private readonly foldedNames: string[];
  private readonly uniqueNames = new Map<string, readonly string[]>();
  private readonly alphabets = new Map<string, Float64Array>();

  constructor(readonly model: Model) {
    const { unit, row, tree, periods } = model;
    this.engine = new Engine(model);
    this.periods = Math.max(1, periods.length);
    this.unitAt = new Map(unit.ids.map((id, at) => [id, at]));
    const rows: number[][] = Array.from({ length: this.periods }, () => []);
    this.rowAt = new Int32Array(unit.ids.length * this.periods).fill(-1);
    row.unit.forEach((one, at) => {
      const period = row.period ? row.period[at] : 0;
      if (period < 0) return;
      rows[period].push(at);
      this.rowAt[one * this.periods + period] = at;
    });
    this.rowsOf = rows.map((list) => Int32Array.from(list));
    this.leaves = tree.flatMap((node, at) => (isLeaf(node) ? [at] : []));
    const depth: number[] = [];
    for (const { parents } of tree) depth.push(parents.length ? Math.min(...parents.map((parent) => depth[parent])) + 1 : 0);
    this.depth = depth;
    for (const [at, node, value] of model.imputed) this.imputedCells.set(`${at}:${node}`, value);
    this.foldedNames = unit.ids.map((id, at) => fold([id, ...Object.values(unit.names).map((names) => names[at])].join(" ")));
    const scores = decodePlain(model.score);
    const ranks = decodePlain(model.rank);
    const order = this.rank(this.engine.published, 0).order;
    const run = { ...this.engine.published, scores: [scores, ...this.engine.published.scores.slice(1)] };
    this.published = { setting: PUBLISHED, run, scores, ranks, changed: false, orders: this.byPeriod(order) };
  }

  /** Scores and ranks under a setting. */
  table(setting: Setting): Table {
    if (!setting.weights.size && !setting.means.size) return this.published;
    const known = this.tables.find((table) => table.setting === setting);
    if (known) return known;
    const run = this.engine.run(setting, this.tables[0]?.run ?? this.engine.published);
    const { order, ranks } = this.rank(run, 0);
    const table = { setting, run, scores: run.scores[0], ranks, changed: true, orders: this.byPeriod(order) };
    this.tables.unshift(table);
    this.tables.length = Math.min(this.tables.length, KEPT_TABLES);
    return table;
  }

  /**
   * The ranks of the rows by a node, among the units that are ranked.
   *
   * They are those of the model, as every rank of an indicator is; only the scores of dimensions that a reader's weights
   * change are ranked here.
   */
  ranks({ run, ranks }: Table, node: number): Float64Array {
    if (!node) return ranks;
    const column = run.scores[node];
    let own = this.places.get(column);
    if (!own) {
      const isPublished = column === this.engine.published.scores[node];
      this.places.set(column, (own = isPublished ? decodePlain(this.model.ranks[node]) : this.rank(run, node).ranks));
    }
    return own;
  }

  /** The row of a unit in a period; −1 is none. */
  row(unit: number, period: number): number {
    return this.rowAt[unit * this.periods + period] ?? -1;
  }

  extent(run: Run, node: number, period: number): Extent {
    const column = run.scores[node];
    let byPeriod = this.extents.get(column);
    if (!byPeriod) this.extents.set(column, (byPeriod = new Map()));
    let extent = byPeriod.get(period);
    if (!extent) byPeriod.set(period, (extent = extentOf(Float64Array.from(this.rowsOf[period], (row) => column[row]))));
    return extent;
  }

  isImputed(row: number, node: number): boolean {
    return this.imputedCells.has(`${row}:${node}`);
  }

  imputedValue(row: number, node: number): number {
    return this.imputedCells.get(`${row}:${node}`) ?? NaN;
  }

  /** True if the names or the id of a unit hold a text, without regard to case and accents. */
  isFound(unit: number, folded: string): boolean {
    return this.foldedNames[unit].includes(folded);
  }

  /** The place of each unit in the alphabet of a language. */
  alphabet(language: string): Float64Array {
    let places = this.alphabets.get(language);
    if (!places) {
      const names = this.namesOf(language);
      const { compare } = new Intl.Collator(language, { numeric: true });
      places = new Float64Array(names.length);
      [...names.keys()].sort((a, b) => compare(names[a], names[b])).forEach((unit, place) => (places![unit] = place));
      this.alphabets.set(language, places);
    }
    return places;
  }

  /** The names of the units; units that share a name show their ids as well. */
  namesOf(language: string): readonly string[] {
    let unique = this.uniqueNames.get(language);
    if (!unique) {
      const { names, ids } = this.model.unit;
      const own = names[language] ?? Object.values(names)[0] ?? ids;
      const count = new Map<string, number>();
      for (const name of own) count.set(name, (count.get(name) ?? 0) + 1);
      unique = own.map((name, unit) => (count.get(name)! > 1 ? `${name} (${ids[unit]})` : name));
      this.uniqueNames.set(language, unique);
    }
    return unique;
  }

  /**
   * The decimals of the scores of a node: those that it is rounded to, or as many as its size asks for.
   *
   * The rule for nodes is that of `Result.shown_decimals` in Python, so that a score has the same digits in the terminal,
   * in charts and in the ranking without script. Normalised values of indicators have one decimal less.
   */
  decimals(node: number, period: number): number {
    const part = this.model.tree[node];
    if (!isLeaf(part) && part.decimals !== undefined) return part.decimals;
    const { high, low } = this.extent(this.published.run, node, period);
    return (Math.max(Math.abs(high), Math.abs(low)) >= 10 ? 2 : 4) - (isLeaf(part) ? 1 : 0);
  }

  /** The reason why a reader cannot change a node: the end of a message key, or a text; null if a reader can. */
  why(node: number): string | Text | null {
    if (this.engine.isAdjustable(node)) return null;
    const { tree } = this.model;
    const path = [node];
    for (const at of path) path.push(...tree[at].parents.filter((parent) => !path.includes(parent)));
    for (const at of path) {
      const part = tree[at];
      if (!isLeaf(part) && !part.exact) return part.why ?? "other";
    }
    return "other";
  }

  private rank(run: Run, node: number): Ranking {
    const { engine, model } = this;
    const { row, ties, noise } = model;
    const mean = run.refused.includes(node) ? engine.publishedMean(node) : engine.mean(run.setting, node);
    const rule = { ties, noise, lowestFirst: this.isLowestFirst(node), logarithm: isPositiveOnly(mean) };
    return rankRows(model.unrounded ? this.unrounded(run, node) : run.scores[node], row.period, row.eligible, rule);
  }

  /** True if the lowest score of a dimension has rank 1. */
  private isLowestFirst(node: number): boolean {
    const { tree, lowest_first: lowestFirst = false } = this.model;
    const isLowBest = (at: number): boolean => tree[at].low_best ?? false;
    return isLowBest(node) !== (lowestFirst !== isLowBest(0));
  }

  private unrounded(run: Run, node: number): Float64Array {
    return node ? this.engine.score(run, node, this.engine.components(run, node)).exact : run.unrounded;
  }

  private byPeriod(order: Int32Array): Int32Array[] {
    const { period } = this.model.row;
    if (!period) return [order];
    const rows: number[][] = this.rowsOf.map(() => []);
    for (const row of order) rows[period[row]]?.push(row);
    return rows.map((list) => Int32Array.from(list));
  }
}

/** A text without case and accents, for the search. */
export const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function extentOf(all: Float64Array): Extent {
  const values = all.filter((value) => value === value).sort();
  const half = values.length >> 1;
  const median = values.length % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
  return { low: values[0] ?? NaN, high: values[values.length - 1] ?? NaN, median: median ?? NaN, values };
}
