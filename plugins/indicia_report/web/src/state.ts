/** What a reader sets, as the part of the address after #. Any address gives a state: parts that are unknown are left out. */
import type { Setting } from "./engine";
import { isMeanName, type Mean } from "./means";
import { type Dimension, isLeaf, type Model } from "./model";

export const VIEWS = ["results", "unit", "compare", "time", "method"] as const;
export type View = (typeof VIEWS)[number];

export interface State {
  readonly view: View;
  /** The unit of the views Unit, Compare and Time, and the unit that it is compared with; "" is none. */
  readonly unit: string;
  readonly other: string;
  readonly pins: readonly string[];
  readonly period: string;
  /** The period from which the view Time explains a move; "" is the one before. */
  readonly since: string;
  readonly search: string;
  /** The column and the label of a group, or null. */
  readonly group: { readonly id: string; readonly label: string } | null;
  /** A column of the ranking, after "-" the other way round; nodes are written as ".ID", bands as "band.ID". */
  readonly sort: string;
  readonly setting: Setting;
  readonly language: string;
  readonly panel: boolean;
  /** The node that the strip and the map show; "" is the index. */
  readonly show: string;
  readonly embed: boolean;
}

export const MOST_PINS = 4;
const LARGEST_WEIGHT = 1e9;
export const LARGEST_POWER = 100;
const LONGEST_SEARCH = 200;

const encode = (text: string): string => encodeURIComponent(text).replace(/%20/g, "+");

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return "";
  }
}

export function read(hash: string, model: Model): State {
  const address = hash.replace(/^#\/?/, "");
  const mark = address.indexOf("?");
  const path = (mark < 0 ? address : address.slice(0, mark)).split("/").map(decode);
  const query = parameters(mark < 0 ? "" : address.slice(mark + 1));
  const units = new Set(model.unit.ids);
  const known = (id: string | undefined): string => (id !== undefined && units.has(id) ? id : "");
  const view = readView(path[0], model);
  const unit = ["unit", "compare", "time"].includes(view) ? known(path[1]) : "";
  const period = decode(query("y"));
  const since = decode(query("since"));
  const show = decode(query("show"));
  const language = query("lang");
  return {
    view,
    unit,
    other: unit && view === "compare" ? known(path[2]) : "",
    pins: [...new Set(query("pin").split(",").map(decode))].filter((id) => units.has(id)).slice(0, MOST_PINS),
    period: model.periods.includes(period) ? period : lastPeriod(model),
    since: model.periods.includes(since) ? since : "",
    search: decode(query("q")).slice(0, LONGEST_SEARCH),
    group: readGroup(query("g"), model),
    sort: readSort(decode(query("sort")), model),
    setting: { weights: readWeights(query("w"), model), means: readMeans(query("a"), model) },
    language: model.langs.includes(language) ? language : "",
    panel: query("panel") === "1",
    show: model.tree.findIndex(({ id }) => id === show) > 0 ? show : "",
    embed: query("embed") === "1",
  };
}

function readView(name: string, model: Model): View {
  const view = VIEWS.find((one) => one === name) ?? "results";
  return view === "time" && model.periods.length < 2 ? "results" : view;
}

export function write(state: State, model: Model): string {
  const query: string[] = [];
  const add = (name: string, value: string): void => void query.push(`${name}=${value}`);
  if (state.pins.length) add("pin", state.pins.map(encode).join(","));
  if (state.period !== lastPeriod(model)) add("y", encode(state.period));
  if (state.since) add("since", encode(state.since));
  if (state.search) add("q", encode(state.search));
  if (state.group) add("g", `${encode(state.group.id)}:${encode(state.group.label)}`);
  if (state.show) add("show", encode(state.show));
  if (state.sort !== "rank") add("sort", encode(state.sort));
  const { weights, means } = state.setting;
  const id = (node: number): string => encode(model.tree[node].id);
  const weightsOf = [...weights].map(([node, values]) => `${id(node)}:${values.map(number).join(",")}`);
  const meansOf = [...means].map(([node, { name, p }]) => `${id(node)}:${name}${p === null ? "" : `:${number(p)}`}`);
  if (weights.size) add("w", weightsOf.join(";"));
  if (means.size) add("a", meansOf.join(";"));
  if (state.language) add("lang", state.language);
  if (state.panel) add("panel", "1");
  if (state.embed) add("embed", "1");
  const path = state.view === "results" ? [] : [state.view, ...places(state)];
  return `#/${path.map(encode).join("/")}${query.length ? `?${query.join("&")}` : ""}`;
}

function places({ view, unit, other }: State): string[] {
  if (!unit || !["unit", "compare", "time"].includes(view)) return [];
  return view === "compare" && other ? [unit, other] : [unit];
}

export const lastPeriod = (model: Model): string => model.periods[model.periods.length - 1] ?? "";

const number = (value: number): string => String(Number(value.toPrecision(12)));

function parameters(query: string): (name: string) => string {
  const values = new Map<string, string>();
  for (const pair of query.split("&")) {
    const at = pair.indexOf("=");
    if (at > 0) values.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return (name) => values.get(name) ?? "";
}

function readGroup(text: string, model: Model): State["group"] {
  const [id = "", label = ""] = text.split(":").map(decode);
  const group = model.groups.find((one) => one.id === id);
  return group && group.labels.some((names) => labelId(names) === label) ? { id, label } : null;
}

/** The name of a label that addresses hold: its first text. */
export const labelId = (names: Readonly<Record<string, string>>): string => Object.values(names)[0] ?? "";

function readSort(text: string, model: Model): string {
  const key = text.replace(/^-/, "");
  const fits =
    ["rank", "name", "change"].includes(key) ||
    (key === "group" && model.groups.length > 0) ||
    (key === "interval" && model.robust !== null) ||
    (key.startsWith("band.") && (model.bands ?? []).some(({ id }) => id === key.slice(5))) ||
    (key.startsWith(".") && model.tree.some(({ id }) => id === key.slice(1)));
  return fits ? text : "rank";
}

function* settings(text: string, model: Model): Generator<[number, Dimension, string[]]> {
  for (const one of text.split(";")) {
    const [id, ...rest] = one.split(":");
    const at = model.tree.findIndex((node) => node.id === decode(id));
    const node = model.tree[at];
    if (node && !isLeaf(node)) yield [at, node, rest];
  }
}

function readWeights(text: string, model: Model): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  for (const [at, node, [values = ""]] of settings(text, model)) {
    const weights = values.split(",").map((value) => (value.trim() ? Number(value) : NaN));
    const fits = weights.length === node.kids.length && weights.every((weight) => weight >= 0 && weight < LARGEST_WEIGHT);
    if (fits && weights.some((weight) => weight > 0)) found.set(at, weights);
  }
  return found;
}

/** True for the power of a power mean; the geometric mean, whose power is 0, has a name of its own. */
export const isPower = (p: number): boolean => p !== 0 && Math.abs(p) <= LARGEST_POWER;

function readMeans(text: string, model: Model): Map<number, Mean> {
  const found = new Map<number, Mean>();
  for (const [at, , [name = "", order = ""]] of settings(text, model)) {
    const p = Number(order);
    if (!isMeanName(name)) continue;
    if (name !== "generalised") found.set(at, { name, p: null });
    else if (order && isPower(p)) found.set(at, { name, p });
  }
  return found;
}
