/** The command, or the lines of an index file, that give the scores of a reader's weights and means. */
import type { Setting } from "./engine";
import { type Mean, same } from "./means";
import { type Dimension, isLeaf, type Model } from "./model";
import type { Store } from "./store";

const BARE = /^[A-Za-z0-9_-]+$/;

export interface Recipe {
  /** The command; null if it cannot name a part of the index, whose id has other characters than letters and digits. */
  readonly command: string | null;
  /** The same as lines of an index file. */
  readonly lines: string;
}

type Key = readonly [table: string, id: string, word: string];

/** The choices that the scores of the page rest on. Null if the data do not tell the choices of the levels. */
export function recipe(store: Store, chosen: Setting): Recipe | null {
  const setting = withWeightsAbove(store, withoutRefused(store, chosen));
  if (store.model.levels === undefined && (setting.weights.has(0) || setting.means.has(0))) return null;
  const entries = [...entriesOf(store, setting)];
  const isBare = entries.every(([[, id]]) => BARE.test(id));
  if (!isBare && store.model.command) return null;
  const set = entries.map(([key, value]) => `--set ${quoted(`${key.filter(Boolean).join(".")}=${value}`)}`);
  return {
    command: isBare ? [store.model.command ?? "indicia run index.toml", ...set].join(" ") : null,
    lines: entries.map(([key, value]) => `${key.filter(Boolean).map(tomlKey).join(".")} = ${tomlValue(value)}`).join("\n"),
  };
}

/** A mean that is not defined for the values of a node is not used: the node keeps its published one. */
function withoutRefused(store: Store, setting: Setting): Setting {
  const { refused } = store.table(setting).run;
  return { ...setting, means: new Map([...setting.means].filter(([node]) => !refused.includes(node))) };
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

function* entriesOf(store: Store, setting: Setting): Generator<[Key, string]> {
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
      const weight = (parent: number): string => printedWeight(store, setting, parent, kid);
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

/** A weight with all its digits: weights are scaled to sum 1 by the engine too, unless the index leaves them as they are. */
function printedWeight({ model, engine }: Store, setting: Setting, parent: number, kid: number): string {
  const { kids, w, total } = model.tree[parent] as Dimension;
  const weights = total === undefined ? (setting.weights.get(parent) ?? w) : engine.weights(setting, parent).map((share) => total * share);
  return String(weights[kids.indexOf(kid)] ?? 0);
}

/** Double quotes serve all shells; single quotes where the text has characters that a shell would replace. */
export function quoted(text: string): string {
  if (/^[\w.=-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

const tomlKey = (text: string): string => (BARE.test(text) ? text : JSON.stringify(text));
const tomlValue = (value: string): string => (/^[[{]/.test(value) || Number.isFinite(Number(value)) ? value : `"${value}"`);
