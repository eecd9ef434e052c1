/** The chance that a unit stands ahead of another, as Python computed it. */
import { decodeBytes, decodePlain } from "./decode";
import type { Model, Pairs } from "./model";

const NONE = 255;
const STEPS = 200;
const NEIGHBOURS = 10;

interface Decoded {
  readonly bytes: Uint8Array;
  /** The place of each unit in the published order, where pairs are stored by it. */
  readonly places: ReadonlyMap<number, number>;
}

const decoded = new WeakMap<Pairs, Decoded>();

function decode(pairs: Pairs): Decoded {
  let known = decoded.get(pairs);
  if (!known) {
    const order = pairs.order ? decodePlain(pairs.order) : [];
    known = { bytes: decodeBytes(pairs.v), places: new Map(Array.from(order, (unit, place) => [unit, place])) };
    decoded.set(pairs, known);
  }
  return known;
}

/** The share of draws in which unit a is ahead of unit b, draws with equal scores counting half; null if unknown. */
export function chanceAhead({ robust, unit }: Model, a: number, b: number): number | null {
  if (!robust?.pairs || a === b) return null;
  const { bytes, places } = decode(robust.pairs);
  if (robust.pairs.kind === "ten") return ofTen(bytes, places, a, b) ?? reverse(ofTen(bytes, places, b, a));
  const byte = (first: number, second: number): number => bytes[half(first, second, unit.ids.length)];
  return a < b ? share(byte(a, b)) : reverse(share(byte(b, a)));
}

/** The place of a pair in the half matrix: the rows of units in turn, each with the units after it. */
function half(first: number, second: number, count: number): number {
  return first * count - (first * (first + 1)) / 2 + (second - first - 1);
}

/** The chance that a unit is ahead of another that is ranked at most ten places below it. */
function ofTen(bytes: Uint8Array, order: ReadonlyMap<number, number>, unit: number, other: number): number | null {
  const place = order.get(other);
  const above = order.get(unit);
  if (place === undefined || above === undefined) return null;
  const distance = place - above;
  return distance < 1 || distance > NEIGHBOURS ? null : share(bytes[NEIGHBOURS * place + distance - 1]);
}

const share = (byte: number): number | null => (byte === undefined || byte === NONE ? null : byte / STEPS);
const reverse = (chance: number | null): number | null => (chance === null ? null : 1 - chance);
