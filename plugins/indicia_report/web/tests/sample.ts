/** A small model: two dimensions over four indicators, five units, two periods. */
import type { Model, PlainColumn } from "../src/model";

export function doubles(values: readonly number[]): PlainColumn {
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  return { t: "f8", v: btoa(String.fromCharCode(...bytes)) };
}

export function wholes(values: readonly number[], decimals: number): PlainColumn {
  const scaled = values.map((value) => (value !== value ? -32768 : Math.round(value * 10 ** decimals)));
  const bytes = new Uint8Array(Int16Array.from(scaled).buffer);
  return { t: "i2", d: decimals, v: btoa(String.fromCharCode(...bytes)) };
}

const skip = { policy: "skip", share: 0, count: 1 };
const ROWS = 10;
const column = (from: number, step: number): number[] => Array.from({ length: ROWS }, (_, row) => 10 + ((from + step * row) % 83));
const named = (en: string, zh = en): Record<string, string> => ({ en, zh });

export const gaps = (values: number[], rows: number[]): number[] => values.map((value, row) => (rows.includes(row) ? NaN : value));

export const Z = {
  jobs: column(3, 29),
  pay: gaps(column(40, 17), [2]),
  air: column(11, 43),
  "a:b;c,d": column(50, 7),
};

export function sample(change: Partial<Model> = {}): Model {
  const leaf = (id: string, parent: number) =>
    ({ id, parents: [parent], leaf: true, name: named(id), unit: named("percent"), norm: "min_max" }) as const;
  const dimension = { agg: "arithmetic", p: 1, missing: skip, exact: true } as const;
  return {
    v: 1,
    title: named("Sample", "样本"),
    langs: ["en", "zh"],
    methodology: "min_max > given > arithmetic",
    publication: null,
    withheld: false,
    unit: { ids: ["A", "B/1", "C,2", "D&3", "É"], names: { en: ["Alpha", "Beta", "Gamma", "Delta", "Épsilon"], zh: ["甲", "乙", "丙", "丁", "戊"] } },
    noun: null,
    groups: [{ id: "region", name: named("Region"), labels: [named("North"), named("South: far")], of: [0, 0, 1, 1, -1] }],
    periods: ["2020", "2021"],
    row: { unit: [0, 1, 2, 3, 4, 0, 1, 2, 3, 4], period: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], eligible: null },
    tree: [
      { ...dimension, id: "index", parents: [], kids: [1, 4], name: named("Sample"), w: [0.5, 0.5] },
      { ...dimension, id: "economy", parents: [0], kids: [2, 3], name: named("Economy", "经济"), w: [0.75, 0.25] },
      leaf("jobs", 1),
      leaf("pay", 1),
      { ...dimension, id: "nature", parents: [0], kids: [5, 6], name: named("Nature"), w: [0.5, 0.5] },
      leaf("air", 4),
      leaf("a:b;c,d", 4),
    ],
    score: doubles(Array(ROWS).fill(50)),
    rank: doubles(Array(ROWS).fill(1)),
    ranks: Object.fromEntries([1, 2, 3, 4, 5, 6].map((node) => [node, doubles(Array(ROWS).fill(1))])),
    raw: { 2: doubles(Z.jobs), 3: doubles(Z.pay), 5: doubles(Z.air) },
    z: { 2: doubles(Z.jobs), 3: doubles(Z.pay), 5: doubles(Z.air), 6: doubles(Z["a:b;c,d"]) },
    imputed: [],
    ties: "min",
    unrounded: false,
    noise: 1e-12,
    robust: null,
    map: null,
    ...change,
  };
}
