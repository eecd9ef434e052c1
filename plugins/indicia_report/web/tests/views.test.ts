import { describe, expect, it, test } from "vitest";
import { Divider, linesByValue } from "../src/divide";
import type { Setting } from "../src/engine";
import type { Mean } from "../src/means";
import type { Model } from "../src/model";
import { moveOf } from "../src/moves";
import { Store } from "../src/store";
import { kindOf } from "../src/strengths";
import { doubles, sample } from "./sample";

/** The sample with ranks that follow from its values. */
function storeOf(change: Partial<Model> = {}): Store {
  const plain = new Store(sample(change));
  const { scores, ranks } = plain.table({ weights: new Map([[0, [0.5, 0.5]]]), means: new Map() });
  return new Store(sample({ ...change, score: doubles([...scores]), rank: doubles([...ranks]) }));
}

const setting = (...means: [number, Mean][]): Setting => ({ weights: new Map(), means: new Map(means) });
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const rounded = (model: Model): Model["tree"] =>
  model.tree.map((node) => (node.id === "economy" && !node.leaf ? { ...node, decimals: 0 } : node));

describe("the gap between two rows of a table", () => {
  const settings: [string, Setting][] = [
    ["as published", setting()],
    ["geometric over harmonic", setting([0, { name: "geometric", p: null }], [1, { name: "harmonic", p: null }])],
    ["a power mean", setting([0, { name: "generalised", p: 3 }])],
  ];

  it.each(settings)("sums to the difference of the scores: %s", (_, own) => {
    const store = storeOf({ tree: rounded(sample()) });
    const table = store.table(own);
    const gap = new Divider(store, table).between(6, 8)!;
    expect(gap.gap).toBeCloseTo(table.run.unrounded[6] - table.run.unrounded[8], 11);
    expect(sum(gap.lines.map((node) => gap.parts[node])) + sum(gap.rounding)).toBeCloseTo(gap.gap, 11);
    expect(Math.abs(sum(gap.rounding))).toBeGreaterThan(1e-4);
  });

  it("has a line for a dimension that the page does not compute, and none for a score that it does not", () => {
    const inexact = (id: string): Model["tree"] =>
      sample().tree.map((node) => (node.id === id && !node.leaf ? { ...node, exact: false, why: "parent" } : node));
    const scores = { 1: doubles(Array.from({ length: 10 }, (_, row) => 20 + row)) };
    const part = storeOf({ tree: inexact("economy"), scores });
    const gap = new Divider(part, part.published).between(1, 3)!;
    expect(gap.lines).toEqual([1, 5, 6]);
    expect(gap.parts[1]).toBeCloseTo(0.5 * (21 - 23), 12);
    const none = new Divider(...both(new Store(sample({ tree: inexact("index") }))));
    expect(none.between(1, 3)).toBeNull();
    expect(none.refusal).toEqual({ node: 0, reason: "not_exact", why: "parent" });
  });

  it("has one line for what a minimum combines", () => {
    const store = storeOf();
    const divider = new Divider(store, store.table(setting([4, { name: "min", p: null }])));
    expect(divider.refusals).toEqual([{ node: 4, reason: "no_mean", why: "" }]);
    expect(divider.between(1, 3)!.lines).toEqual([2, 3, 4]);
  });

  it("to the medians leaves out what the unit does not have", () => {
    const store = storeOf();
    const table = store.published;
    const gap = new Divider(store, table).fromMedian(2, 0)!;
    expect(gap.lines).toEqual([2, 5, 6]);
    expect(gap.base + sum(gap.lines.map((node) => gap.parts[node]))).toBeCloseTo(table.scores[2], 11);
  });
});

const both = (store: Store): [Store, Store["published"]] => [store, store.published];

test("what a row has no value for is no reason for a gap, and stands apart", () => {
  // row 2 has no pay; the page fills the economy of row 1
  const store = storeOf({ imputed: [[1, 1, null]] });
  const isMeasured = (node: number, row: number): boolean => !Number.isNaN(store.published.run.scores[node][row]) && !store.isImputed(row, node);
  const divider = new Divider(store, store.published);
  const lines = (a: number, b: number) => linesByValue(divider.between(a, b)!, [a, b], isMeasured);
  expect(lines(2, 3)).toEqual({ measured: [2, 5, 6], lacking: [[3], []] });
  expect(lines(3, 2)).toEqual({ measured: [2, 5, 6], lacking: [[], [3]] });
  expect(lines(0, 3).lacking).toEqual([[], []]);
});

test("a move names the units that were passed", () => {
  const ranks = [1, 2, 3, 4, 5, 2, 1, NaN, 4, 3];
  const store = new Store(sample({ rank: doubles(ranks), score: doubles(ranks.map((rank) => 100 - rank)) }));
  const move = (unit: number) => moveOf(store, store.published, unit, [0, 1]);
  expect(move(1)).toMatchObject({ from: 1, to: 6, passed: [0], passedBy: [], entered: [], left: [] });
  expect(move(0)).toMatchObject({ passed: [], passedBy: [1] });
  expect(move(4)).toMatchObject({ passed: [3], passedBy: [], left: [2] });
  expect(move(2)).toBeNull();
});

describe("strengths and weaknesses", () => {
  const values = Float64Array.from({ length: 10 }, (_, value) => value);

  it("are far from the median, as indicia explain has it", () => {
    expect([kindOf(9, values, 0.3), kindOf(1, values, -0.2), kindOf(5, values, 0.1)]).toEqual(["strength", "weakness", null]);
    expect(kindOf(9, Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 9), 0.3)).toBeNull();
    expect([kindOf(NaN, values, 1), kindOf(9, values, 0), kindOf(9, values, NaN)]).toEqual([null, null, null]);
  });
});
