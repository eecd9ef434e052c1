import { expect, test } from "vitest";
import { csvOfTable } from "../src/download";
import { scoresAt } from "../src/embedding";
import { type Model, readModel } from "../src/model";
import { Page } from "../src/page";
import { chanceAhead } from "../src/pairs";
import { bandOf, movedRows, placesGained, rankingRows } from "../src/ranking";
import { read } from "../src/state";
import { Store } from "../src/store";
import { languages } from "../messages.mjs";
import { doubles, gaps, sample, wholes } from "./sample";

const { en, zh } = languages;

/** The sample with the scores and ranks that its published weights give. */
function published(change: Partial<Model> = {}): Model {
  const { scores, ranks } = scoresAt(new Store(sample(change)), "#/?w=index:1,1");
  return sample({ score: doubles(scores.map((score) => score ?? NaN)), rank: doubles(ranks.map((rank) => rank ?? NaN)), ...change });
}

function page(address: string, change: Partial<Model> = {}, language = "en"): Page {
  const model = published(change);
  return new Page(new Store(model), read(address, model), () => undefined, { en, zh }, language);
}

const ids = (shown: Page): string[] => rankingRows(shown).map((row) => shown.idOf(row));
const descending = (values: number[]): boolean => values.every((value, at) => !at || value <= values[at - 1]);

test("the ranking has the rows of the period, the best first", () => {
  const shown = page("#/?y=2020");
  const rows = rankingRows(shown);
  expect(rows.map((row) => shown.model.row.period![row])).toEqual([0, 0, 0, 0, 0]);
  expect(descending(rows.map((row) => shown.table.scores[row]))).toBe(true);
});

test("a minus turns the order round, and rows without a value stay at the end", () => {
  const z = { ...sample().z, 5: doubles(gaps([4, 3, 2, 1, 5, 4, 3, 2, 1, 5], [6])) };
  const rising = ids(page("#/?sort=.air", { z }));
  const falling = ids(page("#/?sort=-.air", { z }));
  expect(rising.slice(0, 4)).toEqual(["É", "A", "C,2", "D&3"]);
  expect(falling.slice(0, 4)).toEqual(["D&3", "C,2", "A", "É"]);
  expect([rising[4], falling[4]]).toEqual(["B/1", "B/1"]);
});

test("names are sorted by the alphabet of the language", () => {
  expect(ids(page("#/?sort=name"))).toEqual(["A", "B/1", "D&3", "É", "C,2"]);
});

test("the search finds names of all languages and ids, without regard to accents", () => {
  expect(ids(page("#/?q=epsi"))).toEqual(["É"]);
  expect(ids(page(`#/?q=${encodeURIComponent("丁")}`))).toEqual(["D&3"]);
  expect(ids(page("#/?q=c,2"))).toEqual(["C,2"]);
});

test("a group shows its units", () => {
  expect(ids(page("#/?g=region:South%3A%20far")).sort()).toEqual(["C,2", "D&3"]);
});

test("units of one name show their ids", () => {
  const { unit } = sample();
  const store = new Store(sample({ unit: { ...unit, names: { en: ["Same", "Same", "c", "d", "e"] } } }));
  expect(store.namesOf("en").slice(0, 3)).toEqual(["Same (A)", "Same (B/1)", "c"]);
});

test("ranks that move under other weights are counted, with the places gained", () => {
  const shown = page("#/?w=index:1,20");
  const moved = movedRows(shown);
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.every((row) => placesGained(shown, row) !== 0)).toBe(true);
  expect(movedRows(page("#/"))).toEqual([]);
  expect(movedRows(page("#/?w=index:2,2"))).toEqual([]);
});

test("the rank of a value is that of the model, and of how many units have one", () => {
  const eligible = [1, 1, 0, 1, 1, 1, 1, 0, 1, 1] as const;
  const ranks = { ...sample().ranks, 5: doubles([4, 3, NaN, 1, 2, 4, 3, NaN, 1, 2]) };
  const shown = page("#/?y=2021", { row: { ...sample().row, eligible }, ranks });
  expect([5, 6, 7].map((row) => shown.place(5, row))).toEqual(["4 of 4", "3 of 4", "–"]);
});

test("a dimension under a reader's weights is ranked among the ranked units, and an indicator keeps its ranks", () => {
  const eligible = [1, 1, 0, 1, 1, 1, 1, 0, 1, 1] as const;
  const shown = page("#/?y=2021&w=nature:1,0", { row: { ...sample().row, eligible } });
  const air = shown.table.run.scores[5];
  const rows = [5, 6, 8, 9];
  const expected = rows.map((row) => `${1 + rows.filter((other) => air[other] > air[row]).length} of 4`);
  expect(rows.map((row) => shown.place(4, row))).toEqual(expected);
  expect([shown.place(4, 7), shown.place(5, 5)]).toEqual(["–", "1 of 5"]);
});

test("a table under a setting is computed once", () => {
  const model = published();
  const store = new Store(model);
  const { setting } = read("#/?w=index:1,2", model);
  expect(store.table(setting)).toBe(store.table(setting));
});

test("the table as a file has exact numbers, and no raw value where these are withheld", () => {
  const lines = csvOfTable(page("#/"), rankingRows(page("#/"))).split("\r\n");
  expect(lines[0]).toBe('id,name,region,period,rank,score,economy,jobs,pay,nature,air,"a:b;c,d",jobs_raw,pay_raw,air_raw');
  expect(lines).toHaveLength(7);
  const shown = page("#/");
  const [row] = rankingRows(shown);
  expect(lines[1]).toContain(String(shown.table.scores[row]));
  const withheld = page("#/", { withheld: true });
  expect(csvOfTable(withheld, rankingRows(withheld))).not.toContain("_raw");
});

test("a name that a spreadsheet would run has an apostrophe", () => {
  const { unit } = sample();
  const hostile = page("#/", { unit: { ...unit, names: { en: ["=1+1", '"a",b', "c", "d", "e"] } } });
  const text = csvOfTable(hostile, rankingRows(hostile));
  expect(text).toContain("'=1+1");
  expect(text).toContain('"""a"",b"');
});

test("the chance to be ahead comes from the half matrix, either way round", () => {
  const bytes = [200, 150, 255, 100, 20, 40, 60, 80, 10, 0];
  const robust = { draws: 10, says: { en: "" }, caveat: null, period: 1, level: 0.9, lower: [], upper: [], ten: [] };
  const half = sample({ robust: { ...robust, pairs: { kind: "half", v: btoa(String.fromCharCode(...bytes)) } } });
  expect([chanceAhead(half, 0, 1), chanceAhead(half, 1, 0), chanceAhead(half, 0, 3), chanceAhead(half, 3, 4), chanceAhead(half, 2, 2)]).toEqual([1, 0, null, 0, null]);
  // by places: the unit j + 1 above the place k, byte 10 k + j
  const tens = Array<number>(50).fill(255);
  tens[10] = 120;
  tens[21] = 180;
  const ten = sample({ robust: { ...robust, pairs: { kind: "ten", order: wholes([4, 3, 2, 1, 0], 0), v: btoa(String.fromCharCode(...tens)) } } });
  expect([chanceAhead(ten, 4, 3), chanceAhead(ten, 3, 4), chanceAhead(ten, 4, 2), chanceAhead(ten, 0, 4)]).toEqual([0.6, 0.4, 0.9, null]);
});

test("the band of a row is the index of a label, or none", () => {
  const bands = { id: "b", node: 0, name: { en: "Band" }, labels: [], colours: null, of: wholes([0, 2, -1], 0) };
  expect([0, 1, 2].map((row) => bandOf(bands, row))).toEqual([0, 2, -1]);
});

test("the ranking is sorted by bands, the best first, and the search finds their names", () => {
  const bands = [{ id: "tier", node: 0, name: { en: "Tier" }, labels: [{ en: "poor" }, { en: "good" }], colours: null, shades: [0, 9], of: wholes([0, 0, 0, 0, 0, 0, 1, -1, 1, 0], 0) }];
  const sorted = ids(page("#/?sort=band.tier", { bands }));
  expect(new Set(sorted.slice(0, 2))).toEqual(new Set(["B/1", "D&3"]));
  expect(sorted[4]).toBe("C,2");
  expect(ids(page("#/?q=Good", { bands })).sort()).toEqual(["B/1", "D&3"]);
});

test("the function for other pages tells scores, ranks and refused means of an address", () => {
  const z = { ...sample().z, 6: doubles(Array(10).fill(0)) };
  const found = scoresAt(new Store(sample({ z })), "#/?a=nature:geometric&w=index:0,1");
  expect(found.refused).toEqual(["nature"]);
  expect(found.scores).toHaveLength(10);
  expect(found.ranks.slice(0, 5).sort()).toEqual([1, 2, 3, 4, 5]);
});

test("scores have two decimals from 10 on and four below, unless the index states them; normalised values have one less", () => {
  expect([0, 1, 2].map((node) => page("#/").store.decimals(node, 0))).toEqual([2, 2, 1]);
  const small = Object.fromEntries(["2", "3", "5", "6"].map((node) => [node, doubles(Array(10).fill(0.5))]));
  expect([0, 1, 2].map((node) => page("#/", { z: small }).store.decimals(node, 0))).toEqual([4, 4, 3]);
  const rounded = sample().tree.map((node, at) => (at || node.leaf ? node : { ...node, decimals: 0 }));
  const shown = page("#/", { tree: rounded });
  expect([shown.decimals, shown.finer]).toEqual([0, 1]);
});

test("units have one row each, in their order, where the data leave out the unit of each row", () => {
  const { row, ...data } = sample();
  expect(readModel({ ...data, row: { ...row, unit: null } }).row.unit).toEqual([0, 1, 2, 3, 4]);
  expect(readModel({ ...data, row }).row.unit).toBe(row.unit);
});
