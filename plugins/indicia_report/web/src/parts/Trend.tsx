import { decodePlain } from "../decode";
import type { PlainColumn } from "../model";
import { type Page, usePage } from "../page";

const decoded = new WeakMap<PlainColumn, Float64Array>();

/** The trend of a node in a row: above 0 if it rises; NaN if there is none, or if the scores are the reader's. */
export function trendOf({ model, table, unitOf }: Page, node: number, row: number): number {
  const column = model.trends?.[node];
  if (!column || table.changed) return NaN;
  let trends = decoded.get(column);
  if (!trends) decoded.set(column, (trends = decodePlain(column)));
  return trends[unitOf(row)];
}

/** An arrow for the trend of a node in a row, with the word for it. */
export function Trend({ node, row }: { readonly node: number; readonly row: number }) {
  const page = usePage();
  const trend = trendOf(page, node, row);
  if (trend !== trend) return null;
  // the colour tells better from worse, the arrow up from down
  const gain = page.isLowBest(node) ? -trend : trend;
  return (
    <span class={`trend ${gain > 0 ? "up" : gain < 0 ? "down" : "quiet"}`}>
      <span aria-hidden="true">{trend > 0 ? "▲" : trend < 0 ? "▼" : "●"}</span>{" "}
      {page.say(trend > 0 ? "trend.up" : trend < 0 ? "trend.down" : "trend.flat")}
    </span>
  );
}
