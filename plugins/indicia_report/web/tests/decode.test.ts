import { expect, test } from "vitest";
import { decodeColumn, decodePlain } from "../src/decode";
import { doubles, wholes } from "./sample";

const none = (): never => {
  throw new Error("no column of raw values is needed");
};

test("whole numbers with decimals are the nearest doubles, and the smallest number is no value", () => {
  expect([...decodePlain(wholes([0.1, -12.3, NaN, 3276.7], 1))]).toEqual([0.1, -12.3, NaN, 3276.7]);
});

test("32 bits hold larger numbers", () => {
  const bytes = new Uint8Array(Int32Array.from([2147483647, -2147483648, -5]).buffer);
  expect([...decodePlain({ t: "i4", d: 3, v: btoa(String.fromCharCode(...bytes)) })]).toEqual([2147483.647, NaN, -0.005]);
});

test("doubles keep every bit", () => {
  expect([...decodePlain(doubles([Math.PI, NaN, 1e300]))]).toEqual([Math.PI, NaN, 1e300]);
});

test("a straight line starts from the raw values of the node and ends at its clip", () => {
  const column = { t: "lin", x0: 0, x1: 10, z0: 0, z1: 1, clip: [0, 1] } as const;
  expect([...decodeColumn(column, () => Float64Array.of(-5, 2.5, 20, NaN))]).toEqual([0, 0.25, 1, NaN]);
});

test("a straight line that falls, of a column of its own", () => {
  const column = { t: "lin", x0: 4, x1: 0, z0: 0, z1: 100, x: wholes([1, 5], 0) } as const;
  expect([...decodeColumn(column, none)]).toEqual([75, -25]);
});
