import { expect, test } from "vitest";
import { recipe } from "../src/command";
import type { Setting } from "../src/engine";
import type { Mean } from "../src/means";
import type { Dimension, Model } from "../src/model";
import { Store } from "../src/store";
import { equalWeights, shownWeights, sliderScale } from "../src/weights";
import { doubles, sample } from "./sample";

const levels = { top: ", decimals = 3", below: ', { weighting = "equal" }' };

function recipeOf(weights: [number, number[]][], means: [number, Mean][] = [], change: Partial<Model> = { levels }) {
  const setting: Setting = { weights: new Map(weights), means: new Map(means) };
  return recipe(new Store(sample(change)), setting);
}

test("weights of a dimension are given weights of its parts", () => {
  expect(recipeOf([[1, [3, 1]]])?.command).toBe(
    "indicia run index.toml --set dimensions.economy.weighting=given --set indicators.jobs.weight=3 --set indicators.pay.weight=1",
  );
});

test("weights and the mean of the index keep the other choices of the levels", () => {
  expect(recipeOf([[0, [1, 3]]], [[0, { name: "geometric", p: null }]])?.lines).toBe(
    [
      "dimensions.economy.weight = 1",
      "dimensions.nature.weight = 3",
      `methodology.levels = [{ weighting = 'given', aggregation = 'geometric', decimals = 3 }, { weighting = "equal" }]`,
    ].join("\n"),
  );
});

test("the choices of the index cannot be written where the data do not tell those of the levels", () => {
  expect(recipeOf([[0, [1, 3]]], [], {})).toBeNull();
  expect(recipeOf([[1, [1, 3]]], [], {})).not.toBeNull();
});

test("a mean of a dimension is its aggregation", () => {
  expect(recipeOf([], [[1, { name: "generalised", p: -0.5 }]])?.command).toBe('indicia run index.toml --set "dimensions.economy.aggregation=generalised(p=-0.5)"');
});

test("the weights of nodes above keep their published values, which a method may have computed from the scores", () => {
  const tree = sample().tree.map((node) => (node.id === "index" ? ({ ...node, w: [0.6, 0.4] } as Dimension) : node));
  expect(recipeOf([], [[1, { name: "geometric", p: null }]], { levels, tree })?.lines.split("\n")).toEqual([
    "dimensions.economy.weight = 0.6",
    "dimensions.nature.weight = 0.4",
    'dimensions.economy.aggregation = "geometric"',
    expect.stringContaining("weighting = 'given', aggregation = 'arithmetic'"),
  ]);
  expect(recipeOf([], [[1, { name: "geometric", p: null }]], { tree })).toBeNull();
});

test("a mean that is the published one is left out", () => {
  expect(recipeOf([], [[1, { name: "arithmetic", p: null }]])?.lines).toBe("");
});

test("an id with other characters has lines for the index file, and no command", () => {
  const found = recipeOf([[4, [1, 1]]]);
  expect(found?.command).toBeNull();
  expect(found?.lines).toContain('indicators."a:b;c,d".weight = 1');
});

test("weights have all digits", () => {
  expect(recipeOf([[1, [1 / 3, 0.1 + 0.2]]])?.lines).toContain("jobs.weight = 0.3333333333333333\nindicators.pay.weight = 0.30000000000000004");
});

test("weights that the index does not scale have its sum", () => {
  const tree = sample().tree.map((node) => (node.id === "economy" ? ({ ...node, total: 4 } as Dimension) : node));
  expect(recipeOf([[1, [1, 1]]], [], { levels, tree })?.lines).toContain("jobs.weight = 2\nindicators.pay.weight = 2");
});

test("a mean that the values do not admit is not named: the page uses the published one", () => {
  const z = { ...sample().z, 2: doubles([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };
  const found = recipeOf([], [[1, { name: "geometric", p: null }]], { levels, z });
  expect([found?.command, found?.lines]).toEqual(["indicia run index.toml", ""]);
});

test("a weight of a part of several dimensions names each of them", () => {
  const model = sample({ levels });
  const tree = model.tree.map((node) => {
    if (node.id === "air") return { ...node, parents: [1, 4] };
    return node.id === "economy" && !node.leaf ? { ...node, kids: [2, 3, 5], w: [0.5, 0.25, 0.25] } : node;
  });
  expect(recipeOf([[4, [1, 3]]], [], { levels, tree })?.lines).toContain("indicators.air.weight = { economy = 0.25, nature = 1 }");
});

test("sliders have a scale of the published weights, on which weights of an address fit", () => {
  expect(sliderScale([0.5, 0.25, 0.25])).toBe(1);
  expect(shownWeights([0.9, 0.1, 0.3], [0.5, 0.25, 0.25])).toEqual([0.9, 0.1, 0.3]);
  expect(shownWeights([1, 4, 2], [0.5, 0.25, 0.25])).toEqual([0.25, 1, 0.5]);
});

test("equal weights leave alone what is equal as published", () => {
  const store = new Store(sample());
  expect([...equalWeights(store.model, store.engine)]).toEqual([[1, [0.5, 0.5]]]);
});
