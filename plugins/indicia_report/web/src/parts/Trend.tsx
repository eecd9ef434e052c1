import { decodePlain } from "../decode";
import type { PlainColumn } from "../model";
import { usePage } from "../page";

const decoded = new WeakMap<PlainColumn, Float64Array>();

/** An arrow for the trend of a node in a row, with the word for it. */
export function Trend({ node, row }: { readonly node: number; readonly row: number }) {
  const { model, say, table, isLowBest } = usePage();
  const column = model.trends?.[node];
  if (!column || table.changed) return null;
  let trends = decoded.get(column);
  if (!trends) decoded.set(column, (trends = decodePlain(column)));
  const trend = trends[row];
  if (trend !== trend) return null;
  // the colour tells better from worse, the arrow up from down
  const gain = isLowBest(node) ? -trend : trend;
  return (
    <span class={`trend ${gain > 0 ? "up" : gain < 0 ? "down" : "quiet"}`}>
      <span aria-hidden="true">{trend > 0 ? "▲" : trend < 0 ? "▼" : "●"}</span>{" "}
      {say(trend > 0 ? "trend.up" : trend < 0 ? "trend.down" : "trend.flat")}
    </span>
  );
}
