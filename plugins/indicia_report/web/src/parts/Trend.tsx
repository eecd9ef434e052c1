import { decodePlain } from "../decode";
import type { PlainColumn } from "../model";
import { type Page, usePage } from "../page";

const decoded = new WeakMap<PlainColumn, Float64Array>();

function valueAt(column: PlainColumn, row: number): number {
  let values = decoded.get(column);
  if (!values) decoded.set(column, (values = decodePlain(column)));
  return values[row];
}

/** The trend of a node up to the period of a row: 1 rises, −1 falls; NaN if there is none, or if the scores are the reader's. */
export function trendOf({ model, table }: Page, node: number, row: number): number {
  const trend = model.trends?.[node];
  return !trend || table.changed ? NaN : valueAt(trend.direction, row);
}

/** An arrow for the trend of a node in a row, with the word for it and the span of the periods. */
export function Trend({ node, row }: { readonly node: number; readonly row: number }) {
  const page = usePage();
  const trend = trendOf(page, node, row);
  if (trend !== trend) return null;
  const { periods, trends } = page.model;
  const span = { low: periods[valueAt(trends![node].since, row)], high: periods[page.period] };
  // the colour tells better from worse, the arrow up from down
  const gain = page.isLowBest(node) ? -trend : trend;
  return (
    <span class={`trend ${gain > 0 ? "up" : gain < 0 ? "down" : "quiet"}`}>
      <span aria-hidden="true">{trend > 0 ? "▲" : trend < 0 ? "▼" : "●"}</span>{" "}
      {page.say(trend > 0 ? "trend.up" : trend < 0 ? "trend.down" : "trend.flat")}{" "}
      <span class="quiet">{page.say("table.range", span)}</span>
    </span>
  );
}
