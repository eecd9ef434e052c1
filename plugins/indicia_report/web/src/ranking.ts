/** The rows of the ranking table: found, filtered and sorted. */
import { decodePlain } from "./decode";
import type { Bands, Model } from "./model";
import type { Page } from "./page";
import { labelId } from "./state";
import { fold } from "./store";

/** The rows that the table shows, in its order; rows without a value in the sorted column stand at the end. */
export function rankingRows(page: Page): number[] {
  const { state, order, rows, table } = page;
  const all = order.length === rows.length ? [...order] : [...order, ...rows.filter((row) => table.scores[row] !== table.scores[row])];
  const found = all.filter(isShown(page));
  const isFalling = state.sort.startsWith("-");
  const key = state.sort.replace(/^-/, "");
  if (key === "rank" && !isFalling && !page.model.row.eligible) return found;
  const value = sortValue(page, key);
  const place = new Map(all.map((row, at) => [row, at]));
  return found.sort((a, b) => {
    const x = value(a);
    const y = value(b);
    const isMissing = Number(x !== x) - Number(y !== y);
    return isMissing || (isFalling ? y - x : x - y) || place.get(a)! - place.get(b)!;
  });
}

function isShown({ state, store, model, unitOf, speaker, table }: Page): (row: number) => boolean {
  const text = fold(state.search.trim());
  const bands = table.changed ? [] : bandsOfIndex(model);
  const labels = bands.map((one) => one.labels.map((label) => fold(speaker.text(label)).includes(text)));
  const isFound = (row: number): boolean => store.isFound(unitOf(row), text) || bands.some((one, at) => labels[at][bandOf(one, row)]);
  const group = state.group && model.groups.find(({ id }) => id === state.group!.id);
  const label = group ? group.labels.findIndex((names) => labelId(names) === state.group!.label) : -1;
  return (row) => {
    const unit = unitOf(row);
    return (!text || isFound(row)) && (!group || group.of[unit] === label);
  };
}

/** What a column is sorted by: numbers that start with the best or first. */
function sortValue(page: Page, key: string): (row: number) => number {
  const { table, model, store, unitOf } = page;
  const { robust } = model;
  if (key === "name") {
    const places = store.alphabet(page.language);
    return (row) => places[unitOf(row)];
  }
  if (key === "group") {
    const [group] = model.groups;
    return (row) => (group.of[unitOf(row)] < 0 ? NaN : group.of[unitOf(row)]);
  }
  if (key === "change") return (row) => table.ranks[row] - store.published.ranks[row];
  if (key === "interval" && robust) return (row) => (robust.upper[unitOf(row)] ?? NaN) - (robust.lower[unitOf(row)] ?? NaN);
  const bands = (model.bands ?? []).find(({ id }) => key === `band.${id}`);
  if (bands) {
    const place = (band: number): number => -(bands.shades?.[band] ?? -band);
    return (row) => (bandOf(bands, row) < 0 ? NaN : place(bandOf(bands, row)));
  }
  if (key.startsWith(".")) {
    const node = model.tree.findIndex(({ id }) => id === key.slice(1));
    const column = table.run.scores[node];
    return page.isLowBest(node) ? (row) => column[row] : (row) => -column[row];
  }
  return (row) => table.ranks[row];
}

/** The places that a unit gained against the published ranking; NaN if it has no rank in one of them. */
export const placesGained = ({ table, store }: Page, row: number): number => store.published.ranks[row] - table.ranks[row];

/** The rows of the period whose rank differs from the published one. */
export function movedRows(page: Page): number[] {
  if (!page.table.changed) return [];
  return [...page.rows].filter((row) => {
    const now = page.table.ranks[row];
    const before = page.store.published.ranks[row];
    return now !== before && (now === now || before === before);
  });
}

/** The bands of the index, which the ranking shows. */
export const bandsOfIndex = ({ bands }: Model): readonly Bands[] => (bands ?? []).filter(({ node }) => node === 0);

const decodedBands = new WeakMap<Bands, ArrayLike<number>>();

/** The index of the band of each row; −1 is none. */
export function bandOf(bands: Bands, row: number): number {
  let of = decodedBands.get(bands);
  if (!of) decodedBands.set(bands, (of = "v" in bands.of ? decodePlain(bands.of) : bands.of));
  return of[row] >= 0 ? of[row] : -1;
}
