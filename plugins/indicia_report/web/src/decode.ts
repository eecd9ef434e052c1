/** Columns of the model as arrays of doubles; NaN is no value. */
import type { Column, LinearColumn, PlainColumn } from "./model";

interface WithBase64 {
  fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
}

export function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as WithBase64).fromBase64;
  if (native) return native.call(Uint8Array, text);
  // A loop: `Uint8Array.from` with a function took a hundred times as long.
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < characters.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

export function decodePlain(column: PlainColumn): Float64Array {
  const { buffer } = decodeBytes(column.v);
  if (column.t === "f8") return new Float64Array(buffer);
  const whole = column.t === "i2" ? new Int16Array(buffer) : new Int32Array(buffer);
  const missing = column.t === "i2" ? -32768 : -2147483648;
  const scale = 10 ** column.d;
  const values = new Float64Array(whole.length);
  for (let row = 0; row < whole.length; row++) values[row] = whole[row] === missing ? NaN : whole[row] / scale;
  return values;
}

/** Decode a column; `prepared` gives the values of the node from which a straight line starts. */
export function decodeColumn(column: Column, prepared: () => Float64Array): Float64Array {
  if (column.t !== "lin") return decodePlain(column);
  return line(column, column.x ? decodePlain(column.x) : prepared());
}

function line({ x0, x1, z0, z1, clip }: LinearColumn, x: Float64Array): Float64Array {
  const lowest = clip ? clip[0] : -Infinity;
  const highest = clip ? clip[1] : Infinity;
  return x.map((value) => {
    const z = z0 + ((z1 - z0) * (value - x0)) / (x1 - x0);
    return z < lowest ? lowest : z > highest ? highest : z;
  });
}
