import { expect, test } from "vitest";
import { read, type State, write } from "../src/state";
import { sample } from "./sample";

const model = sample();
const start = read("", model);

test("an empty address opens the results of the last period as published", () => {
  expect(start).toMatchObject({ view: "results", period: "2021", pins: [], sort: "rank", show: "", group: null, panel: false });
});

test.each<Partial<State>>([
  { view: "unit", unit: "B/1" },
  { view: "compare", unit: "C,2", other: "D&3" },
  { pins: ["C,2", "É"], period: "2020", search: "a+b&c=d%", panel: true, language: "zh" },
  { group: { id: "region", label: "South: far" }, sort: "-.a:b;c,d", show: "a:b;c,d" },
  { setting: { weights: new Map([[0, [1, 2]]]), means: new Map([[4, { name: "generalised", p: -0.5 }]]) } },
  { view: "time", unit: "C,2", since: "2020", sort: "-name", embed: true },
])("an address brings back %o", (patch) => {
  const state = { ...start, ...patch };
  expect(read(write(state, model), model)).toEqual(state);
});

test.each([
  "#",
  "#/unit/%E0%A4%A/%",
  "#/compare/nobody/%00",
  "#/results?sort=99",
  "#/?sort=-foo&show=__proto__",
  "#/?a=index:generalised:0;index:generalised;economy:constructor;jobs:geometric",
  "#/?w=index:NaN,1;index:1;economy:-1,2;jobs:1;index:0,0;economy:1e999,1;economy:,",
  "#/?w=;;;:::,,,&a=&pin=,,,&g=:::&y=%&lang=xx&q=%%%",
  "#/?pin=A,A,B%2F1,C%2C2,D%263,%C3%89",
  "#/?&=&==&?&?w",
  `#/?q=${"x".repeat(10000)}`,
  "#/time/../../../<script>alert(1)</script>",
])("a hostile address gives a state that the page can show: %s", (address) => {
  const state = read(address, model);
  expect(read(write(state, model), model)).toEqual(state);
  expect(["rank", "-rank", "name"]).toContain(state.sort);
  expect(state.setting.weights.size + state.setting.means.size).toBe(0);
  expect(state.pins.length).toBeLessThanOrEqual(4);
});

test("random addresses never throw", () => {
  const pieces = ["#/", "unit", "/", "?", "&", "w=", "a=", "index", ":", ";", ",", "1", "-", "%", "%C3", "pin=", "A", "sort=.", "g=", "=", "+", "\0", "é", "generalised"];
  let seed = 7;
  const next = (): number => (seed = (seed * 48271) % 2147483647);
  for (let round = 0; round < 3000; round++) {
    const address = Array.from({ length: next() % 14 }, () => pieces[next() % pieces.length]).join("");
    const state = read(address, model);
    expect(read(write(state, model), model)).toEqual(state);
  }
});

test("a page without periods opens no view of time", () => {
  const single = { ...model, periods: [], row: { ...model.row, period: null } };
  expect(read("#/time", single).view).toBe("results");
});
