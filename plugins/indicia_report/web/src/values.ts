/** Values of a row as the views of units write them. */
import { decodePlain } from "./decode";
import type { Model, PlainColumn } from "./model";
import type { Page } from "./page";

/** Values with more decimals than this are written with four digits; the download has all of them. */
const MOST_DECIMALS = 3;

/** The raw value of an indicator as text; an imputed one is the value that fills the gap. */
export function rawText(page: Page, node: number, row: number): string {
  const { store, model, speaker } = page;
  const part = model.tree[node];
  const raw = store.engine.raw(node);
  if (!raw || !part.leaf) return "";
  const value = store.isImputed(row, node) ? store.imputedValue(row, node) : raw[row];
  const decimals = part.decimals_raw ?? null;
  return decimals === null || decimals > MOST_DECIMALS ? speaker.significant(value) : speaker.number(value, decimals);
}

/** True if the page may show raw values. */
export const hasRawValues = ({ model }: Page): boolean => !model.withheld && Object.keys(model.raw).length > 0;

/** The years of values: of an indicator, or of each value where the data state it. */
export const hasYears = ({ model }: Page): boolean =>
  Object.keys(model.years ?? {}).length > 0 || model.tree.some((part) => part.leaf && part.year);

const decoded = new WeakMap<PlainColumn, Float64Array>();

export function yearText({ model }: Page, node: number, row: number): string {
  const part = model.tree[node];
  const column = model.years?.[node];
  if (!column) return part.leaf ? (part.year ?? "") : "";
  let years = decoded.get(column);
  if (!years) decoded.set(column, (years = decodePlain(column)));
  return Number.isNaN(years[row]) ? "" : String(years[row]);
}

const notes = new WeakMap<Model, Map<string, string>>();

/** The status, source or standard error that the data state of a value; "" if they state none. */
export function noteText({ model }: Page, node: number, row: number): string {
  let byCell = notes.get(model);
  if (!byCell) notes.set(model, (byCell = new Map(model.noted?.map(([at, of, text]) => [`${at}:${of}`, text]))));
  return byCell.get(`${row}:${node}`) ?? "";
}

/** True if an indicator has a unit of measure. */
export const hasUnits = ({ model, speaker }: Page): boolean => model.tree.some((part) => part.leaf && speaker.text(part.unit) !== "");

/** The values of groups, and the period, of a unit. */
export function groupsOf(page: Page, unit: number): string[] {
  return page.model.groups.flatMap(({ labels, of }) => (of[unit] < 0 ? [] : [page.speaker.text(labels[of[unit]])]));
}

/** The missing and imputed indicators of a row. */
export function gapsOf(page: Page, row: number): { imputed: readonly number[]; missing: readonly number[] } {
  const { store, table } = page;
  const imputed = store.leaves.filter((node) => store.isImputed(row, node));
  const missing = store.leaves.filter((node) => Number.isNaN(table.run.scores[node][row]) && !store.isImputed(row, node));
  return { imputed, missing };
}
