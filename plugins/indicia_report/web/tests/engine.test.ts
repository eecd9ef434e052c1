import { describe, expect, test } from "vitest";
import { Engine, PUBLISHED, type Setting } from "../src/engine";
import { admits, halfUp, type Mean } from "../src/means";
import type { Dimension, MissingRule, Model } from "../src/model";
import { descending, rankRows } from "../src/ranks";
import { sample, Z } from "./sample";

const setting = (weights: Record<number, number[]>, means: Record<number, Mean> = {}): Setting => ({
  weights: new Map(Object.entries(weights).map(([node, values]) => [Number(node), values])),
  means: new Map(Object.entries(means).map(([node, mean]) => [Number(node), mean])),
});

function withEconomy(change: Partial<Dimension>): Model {
  const model = sample();
  return { ...model, tree: model.tree.map((node) => (node.id === "economy" ? ({ ...node, ...change } as Dimension) : node)) };
}

const missing = (change: Partial<MissingRule>): MissingRule => ({ policy: "skip", share: 0, count: 1, ...change });
const economy = (model: Model): number[] => [...new Engine(model).published.scores[1]];

describe("scores", () => {
  test("are weighted means of the parts, level by level", () => {
    const { scores } = new Engine(sample()).published;
    expect(scores[1][0]).toBeCloseTo(0.75 * Z.jobs[0] + 0.25 * Z.pay[0], 12);
    expect(scores[0][0]).toBeCloseTo((scores[1][0] + (Z.air[0] + Z["a:b;c,d"][0]) / 2) / 2, 12);
  });

  test("of a setting divide its weights by their sum", () => {
    const engine = new Engine(sample());
    expect([...engine.run(setting({ 0: [3, 1] })).scores[0]]).toEqual([...engine.run(setting({ 0: [0.75, 0.25] })).scores[0]]);
  });

  test.each<[Mean, (a: number, b: number) => number]>([
    [{ name: "geometric", p: null }, (a, b) => Math.sqrt(a * b)],
    [{ name: "harmonic", p: null }, (a, b) => 2 / (1 / a + 1 / b)],
    [{ name: "generalised", p: 3 }, (a, b) => ((a ** 3 + b ** 3) / 2) ** (1 / 3)],
    [{ name: "generalised", p: -2 }, (a, b) => ((a ** -2 + b ** -2) / 2) ** -0.5],
    [{ name: "min", p: null }, Math.min],
    [{ name: "max", p: null }, Math.max],
  ])("of the mean %o", (mean, formula) => {
    const { scores } = new Engine(sample()).run(setting({}, { 4: mean }));
    Z.air.forEach((air, row) => expect(scores[4][row]).toBeCloseTo(formula(air, Z["a:b;c,d"][row]), 10));
  });

  test("of large powers do not overflow", () => {
    const { scores } = new Engine(sample()).run(setting({}, { 4: { name: "generalised", p: 100 } }));
    expect(scores[4].every((score) => Number.isFinite(score))).toBe(true);
  });

  test("take only what changed anew", () => {
    const engine = new Engine(sample());
    const run = engine.run(setting({ 1: [1, 1] }), engine.published);
    expect(run.scores[4]).toBe(engine.published.scores[4]);
    expect([...run.scores[0]]).toEqual([...engine.run(setting({ 1: [1, 1] })).scores[0]]);
  });

  test("are rounded half up where the node says so", () => {
    expect(economy(withEconomy({ decimals: 0 })).every((score) => Number.isInteger(score))).toBe(true);
    expect([halfUp(0.285, 2), halfUp(593518.695, 2), halfUp(-2.5, 0)]).toEqual([0.29, 593518.7, -2]);
  });

  test("with weights that are not scaled keep their sum", () => {
    expect(economy(withEconomy({ total: 2 }))[0]).toBeCloseTo(2 * (0.75 * Z.jobs[0] + 0.25 * Z.pay[0]), 12);
  });
});

describe("missing values", () => {
  test("are skipped, and the weights of the others scaled up", () => {
    expect(economy(withEconomy({ missing: missing({}) }))[2]).toBeCloseTo(Z.jobs[2], 12);
  });

  test("leave no score where a share of the parts is asked for", () => {
    expect(economy(withEconomy({ missing: missing({ share: 0.6 }) }))[2]).toBeNaN();
  });

  test.each(["refuse", "propagate"])("leave no score: %s", (policy) => {
    expect(economy(withEconomy({ missing: missing({ policy }) }))[2]).toBeNaN();
  });

  test("count as a value", () => {
    expect(economy(withEconomy({ missing: missing({ policy: "value", value: 8 }) }))[2]).toBeCloseTo(0.75 * Z.jobs[2] + 2, 12);
  });

  test("count as the mean of the group and period", () => {
    const engine = new Engine(withEconomy({ missing: missing({ policy: "group_mean", within: "region" }) }));
    expect(engine.published.scores[1][2]).toBeCloseTo(0.75 * Z.jobs[2] + 0.25 * Z.pay[3], 12); // D is the other unit of the south
    expect(engine.components(engine.published, 1)[1][2]).toBe(Z.pay[3]);
  });
});

describe("what cannot be computed", () => {
  test("a mean that the values do not admit is refused, and the published one used", () => {
    const model = withEconomy({ missing: missing({ policy: "value", value: 0 }) });
    const engine = new Engine(model);
    const run = engine.run(setting({}, { 1: { name: "geometric", p: null } }));
    expect(run.refused).toEqual([1]);
    expect([...run.scores[0]]).toEqual([...engine.published.scores[0]]);
    expect([admits({ name: "harmonic", p: null }, 0), admits({ name: "generalised", p: 2 }, 0), admits({ name: "min", p: null }, -1)]).toEqual([false, true, true]);
  });

  test("a node that Python scores keeps its scores, and neither it nor the nodes below can be changed", () => {
    const fixed = sample().score;
    const model = { ...withEconomy({ exact: false, why: "rescaling" }), scores: { 1: fixed } };
    const engine = new Engine(model);
    expect(new Set(engine.run(PUBLISHED).scores[1])).toEqual(new Set([50]));
    expect([0, 1, 4].map((node) => engine.isAdjustable(node))).toEqual([true, false, true]);
    const root = { ...model, tree: model.tree.map((node, at) => (at ? node : ({ ...node, exact: false } as Dimension))) };
    expect([0, 1, 4].map((node) => new Engine(root).isAdjustable(node))).toEqual([false, false, false]);
  });
});

describe("ranks", () => {
  const rule = { ties: "min", noise: 1e-12, lowestFirst: false, logarithm: false };
  const ranks = (scores: number[], change: Partial<typeof rule> = {}, period: number[] | null = null, eligible: number[] | null = null): number[] => [
    ...rankRows(Float64Array.from(scores), period, eligible, { ...rule, ...change }).ranks,
  ];

  test.each([
    ["min", [2, 1, 2, 4]],
    ["max", [3, 1, 3, 4]],
    ["dense", [2, 1, 2, 3]],
    ["average", [2.5, 1, 2.5, 4]],
  ])("with ties: %s", (ties, expected) => {
    expect(ranks([0.3, 0.5, 0.1 + 0.2, 0.1], { ties })).toEqual(expected);
  });

  test("of rows without a score do not exist", () => {
    expect(ranks([1, NaN, 2])).toEqual([2, NaN, 1]);
  });

  test("are counted within periods", () => {
    expect(ranks([1, 2, 3, 4], {}, [0, 0, 1, 1])).toEqual([2, 1, 2, 1]);
  });

  test("are given to eligible rows only", () => {
    expect(ranks([3, 2, 1], {}, null, [0, 1, 1])).toEqual([NaN, 1, 2]);
  });

  test("start with the lowest score where the index does", () => {
    expect(ranks([3, 1, 2], { lowestFirst: true })).toEqual([3, 1, 2]);
  });

  test("of means of positive values compare logarithms", () => {
    const scores = [1e-9, 1e-9 * (1 + 1e-10), 1e3];
    expect([ranks(scores), ranks(scores, { logarithm: true })]).toEqual([
      [2, 2, 1],
      [3, 2, 1],
    ]);
  });

  test("of many rows follow the same order", () => {
    const scores = Float64Array.from({ length: 5000 }, (_, row) => ((row * 7919) % 1013) / 7);
    const plain = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
    expect([...descending(scores)]).toEqual(plain);
  });
});
