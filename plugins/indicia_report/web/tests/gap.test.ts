import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gapBetween, profileOf, type Gap, type GapNode, type Profile } from "../src/gap";

interface Case {
  name: string;
  ids: string[];
  tree: GapNode[];
  profiles: Record<string, { components: (number | null)[]; scores: (number | null)[] }>;
  medians: Record<string, (number | null)[]>;
  gaps: {
    first: string;
    second: string;
    parts: Record<string, number>;
    rounding: number;
      implied_in_first: string[];
    implied_in_second: string[];
  }[];
}

const cases = JSON.parse(readFileSync(new URL("gap-cases.json", import.meta.url), "utf8")) as Case[];
const numbers = (values: (number | null)[]) => values.map((value) => value ?? NaN);

function profile(one: Case, name: string, first: string): Profile {
  const unit = (id: string) => ({
    components: numbers(one.profiles[id]!.components),
    scores: numbers(one.profiles[id]!.scores),
  });
  if (name in one.profiles) return unit(name);
  const medians = numbers(one.medians[first]!);
  return profileOf(one.tree, medians, name === "own medians" ? unit(first) : undefined);
}

const all = cases.flatMap((one) => one.gaps.map((gap) => ({ one, gap, title: `${one.name}: ${gap.first} – ${gap.second}` })));
const computed = (one: Case, gap: Case["gaps"][number]): [Gap, Gap] => {
  const [a, b] = [profile(one, gap.first, gap.first), profile(one, gap.second, gap.first)];
  return [gapBetween(one.tree, a, b)!, gapBetween(one.tree, b, a)!];
};
/** Scales end at 100. */
const near = (x: number, y: number) => expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-12 * 100);

describe("the gap between two profiles", () => {
  it("has cases of all kinds", () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter(({ gap }) => gap.implied_in_first.length > 0).length).toBeGreaterThan(5);
    expect(all.filter(({ gap }) => gap.rounding !== 0).length).toBeGreaterThan(5);
  });

  it.each(all)("is divided as in Python, $title", ({ one, gap }) => {
    const [found] = computed(one, gap);
    for (const [id, part] of Object.entries(gap.parts)) near(found.parts[one.ids.indexOf(id)]!, part);
    near(found.rounding.reduce((sum, x) => sum + x, 0), gap.rounding);
    const implied = found.implied.map((nodes) => one.ids.filter((_, node) => nodes.has(node) && one.tree[node]!.kids.length === 0).sort());
    expect(implied).toEqual([gap.implied_in_first, gap.implied_in_second]);
  });

  it.each(all)("is the sum of the parts at every node, $title", ({ one, gap }) => {
    const [found] = computed(one, gap);
    const parents = new Map<number, number>();
    one.tree.forEach(({ kids }) => kids.forEach((kid) => parents.set(kid, (parents.get(kid) ?? 0) + 1)));
    const leaves = one.tree.flatMap(({ kids }, node) => (kids.length ? [] : [found.parts[node]!]));
    near(found.gap, [...leaves, ...found.rounding].reduce((sum, x) => sum + x, 0));
    one.tree.forEach(({ kids }, node) => {
      // the part of a shared dimension in one of its parents is not known from the sums over places
      if (kids.length === 0 || kids.some((kid) => parents.get(kid)! > 1)) return;
      near(found.parts[node]!, kids.reduce((sum, kid) => sum + found.parts[kid]!, found.rounding[node]!));
    });
  });

  it.each(all)("changes its sign when the two are swapped, $title", ({ one, gap }) => {
    const [found, swapped] = computed(one, gap);
    one.tree.forEach((_, node) => near(found.parts[node]!, -swapped.parts[node]!));
  });

  it("gives all to components with a zero on one side of a geometric mean, by their weights", () => {
    const tree: GapNode[] = [
      { kids: [1, 2, 3], weights: [0.5, 0.25, 0.25], power: 0 },
      ...[1, 2, 3].map(() => ({ kids: [], weights: [], power: 1 })),
    ];
    const a = profileOf(tree, [NaN, 0, 0, 5]);
    const b = profileOf(tree, [NaN, 4, 4, 4]);
    const parts = [...gapBetween(tree, a, b)!.parts];
    [-4, (-4 * 2) / 3, -4 / 3, 0].forEach((part, node) => near(parts[node]!, part));
  });

  it("is nothing where a unit has no score", () => {
    const tree: GapNode[] = [{ kids: [1], weights: [1], power: 1 }, { kids: [], weights: [], power: 1 }];
    const none = { components: [NaN, NaN], scores: [NaN, NaN] };
    expect(gapBetween(tree, none, profileOf(tree, [NaN, 3]))).toBeNull();
  });
});
