/** The command, or the lines of an index file, that give the scores of a reader's weights and means. */
import type { Setting } from "./engine";
import { type Mean, same } from "./means";
import { type Dimension, isLeaf, type Model } from "./model";
import type { Store } from "./store";

const FEW_DIGITS = 4;
const ALL_DIGITS = 12;
const BARE = /^[A-Za-z0-9_-]+$/;

export interface Recipe {
  /** The command; null if it cannot name a part of the index, whose id has other characters than letters and digits. */
  readonly command: string | null;
  /** The same as lines of an index file. */
  readonly lines: string;
}

type Key = readonly [table: string, id: string, word: string];

/** Weights have four digits where those give the same ranks. Null if the data do not tell the choices of the levels. */
export function recipe(store: Store, chosen: Setting): Recipe | null {
  const setting = withWeightsAbove(store, chosen);
  if (store.model.levels === undefined && (setting.weights.has(0) || setting.means.has(0))) return null;
  const rounded = { ...setting, weights: new Map([...setting.weights].map(([node, weights]) => [node, roundedShares(weights)])) };
  const digits = sameRanks(store.table(chosen).ranks, store.ranksUnder(rounded)) ? FEW_DIGITS : ALL_DIGITS;
  const entries = [...entriesOf(store, setting, digits)];
  const isBare = entries.every(([[, id]]) => BARE.test(id));
  if (!isBare && store.model.command) return null;
  const set = entries.map(([key, value]) => `--set ${quoted(`${key.filter(Boolean).join(".")}=${value}`)}`);
  return {
    command: isBare ? [store.model.command ?? "indicia run index.toml", ...set].join(" ") : null,
    lines: entries.map(([key, value]) => `${key.filter(Boolean).map(tomlKey).join(".")} = ${tomlValue(value)}`).join("\n"),
  };
}

/**
 * Add the weights of the nodes above those that change. A method may compute them from the scores of the parts, which
 * change as well, while the page keeps the published weights. Equal weights depend on no scores.
 */
function withWeightsAbove({ model, engine }: Store, setting: Setting): Setting {
  const weights = new Map(setting.weights);
  const changed = [...setting.weights.keys(), ...setting.means.keys()];
  for (const node of changed) {
    for (const parent of model.tree[node].parents) {
      changed.push(parent);
      const own = engine.weights(setting, parent);
      if (!weights.has(parent) && own.some((weight) => weight !== own[0])) weights.set(parent, own);
    }
  }
  return { ...setting, weights };
}

function* entriesOf(store: Store, setting: Setting, digits: number): Generator<[Key, string]> {
  const { model, engine } = store;
  const weighted = new Set(setting.weights.keys());
  const changedMeans = [...setting.means].filter(([node, mean]) => !same(mean, engine.publishedMean(node)));
  if (changedMeans.some(([node]) => node === 0)) weighted.add(0);
  const written = new Set<number>();
  for (const node of weighted) {
    if (node) yield [["dimensions", model.tree[node].id, "weighting"], "given"];
    for (const kid of (model.tree[node] as Dimension).kids) {
      if (written.has(kid)) continue;
      written.add(kid);
      const { parents, id } = model.tree[kid];
      const table = isLeaf(model.tree[kid]) ? "indicators" : "dimensions";
      const weight = (parent: number): string => printedWeight(store, setting, parent, kid, digits);
      const entries = parents.map((parent) => `${tomlKey(model.tree[parent].id)} = ${weight(parent)}`);
      const value = parents.length > 1 ? `{ ${entries.join(", ")} }` : weight(node);
      yield [[table, id, "weight"], value];
    }
  }
  for (const [node, mean] of changedMeans) if (node) yield [["dimensions", model.tree[node].id, "aggregation"], method(mean)];
  if (weighted.has(0)) yield [["methodology", "levels", ""], levels(model, method(engine.mean(setting, 0)))];
}

const method = ({ name, p }: Mean): string => (name === "generalised" ? `generalised(p=${p})` : name);

/** The choices of the levels, of which the first is that of the index. */
function levels({ levels: rest }: Model, aggregation: string): string {
  return `[{ weighting = 'given', aggregation = '${aggregation}'${rest?.top ?? ""} }${rest?.below ?? ""}]`;
}

function printedWeight(store: Store, setting: Setting, parent: number, kid: number, digits: number): string {
  const { kids, total } = store.model.tree[parent] as Dimension;
  const share = store.engine.weights(setting, parent)[kids.indexOf(kid)] ?? 0;
  return String(Number(((total ?? 1) * share).toPrecision(digits)));
}

function roundedShares(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => Number((weight / sum).toPrecision(FEW_DIGITS)));
}

const sameRanks = (one: Float64Array, other: Float64Array): boolean =>
  one.every((rank, row) => rank === other[row] || (rank !== rank && other[row] !== other[row]));

/** Double quotes serve all shells; single quotes where the text has characters that a shell would replace. */
export function quoted(text: string): string {
  if (/^[\w.=-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

const tomlKey = (text: string): string => (BARE.test(text) ? text : JSON.stringify(text));
const tomlValue = (value: string): string => (/^[[{]/.test(value) || Number.isFinite(Number(value)) ? value : `"${value}"`);
