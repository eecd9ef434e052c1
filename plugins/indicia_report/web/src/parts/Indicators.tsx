import type { ComponentChildren } from "preact";
import type { DividedGap, MedianGap } from "../divide";
import { type Page, usePage } from "../page";
import { hasRawValues, hasUnits, hasYears, noteText, rawText, yearText } from "../values";
import { Band } from "./Band";
import { type DataColumn, DataTable, Scrolling } from "./DataTable";
import { Diverging } from "./Diverging";
import { Track } from "./Track";

interface Props {
  readonly row: number;
  /** The parts of the gap to the median; null if it is not divided. */
  readonly gap: MedianGap | null;
}

/** A node with its depth below the index. */
export type Line = readonly [node: number, depth: number];

/** Every indicator of a unit, below the heading of its dimension. */
export function Indicators({ row, gap }: Props) {
  const page = usePage();
  const title = page.say("indicators.title");
  return (
    <section class="indicators">
      <h3>{title}</h3>
      <Scrolling label={title}>
        <DataTable columns={columnsOf(page, row, gap)} items={nodesInOrder(page)} rowStyle={lineStyle(page)} nameStyle={depthStyle} />
      </Scrolling>
    </section>
  );
}

export const lineStyle =
  (page: Page) =>
  ([node]: Line): string | undefined =>
    page.isLeaf(node) ? undefined : "dimension";

export const depthStyle = ([, depth]: Line): string => `depth${Math.min(depth, 4)}`;

/** All nodes below the index with their depth, each below its dimension; a shared one stands below each of its own. */
export function nodesInOrder(page: Page): Line[] {
  const visit = (node: number, depth: number): Line[] => [
    [node, depth],
    ...page.kids(node).flatMap((kid) => visit(kid, depth + 1)),
  ];
  return page.kids(0).flatMap((node) => visit(node, 0));
}

function columnsOf(page: Page, row: number, gap: MedianGap | null): DataColumn<Line>[] {
  const { store, say, table, model } = page;
  const { scores } = table.run;
  const imputed = (node: number, text: string): ComponentChildren => (store.isImputed(row, node) ? <em>{text}</em> : text);
  const columns: DataColumn<Line>[] = [{ key: "name", heading: say("indicators.indicator"), isName: true, cell: ([node]) => <Name row={row} node={node} /> }];
  const add = (key: string, heading: ComponentChildren, style: string, cell: (node: number) => ComponentChildren): void =>
    void columns.push({ key, heading, style, cell: ([node]) => cell(node) });
  if (hasRawValues(page)) {
    add("value", say("indicators.value"), "number", (node) => imputed(node, rawText(page, node, row)));
    if (hasUnits(page)) add("unit", say("indicators.unit"), "quiet", (node) => unitOfMeasure(page, node));
  }
  if (hasYears(page)) add("year", say("indicators.year"), "number quiet", (node) => yearText(page, node, row));
  add("normalised", say("indicators.normalised"), "number", (node) =>
    Number.isNaN(scores[node][row]) ? <span class="quiet">{say("table.missing")}</span> : imputed(node, page.score(node, row)),
  );
  if (!table.changed && model.bands?.some(({ node }) => node !== 0)) add("bands", say("indicators.bands"), "", (node) => <BandsOf row={row} node={node} />);
  add("track", say("indicators.track"), "tracks", (node) => (
    <Track node={node} marks={[{ value: scores[node][row], style: store.isImputed(row, node) ? "dot hollow" : "dot" }]} without={[row]} />
  ));
  add("place", say("table.rank"), "number", (node) => page.place(node, row));
  return gap ? [...columns, ...partColumns(page, gap, say("indicators.part"))] : columns;
}

/** The part of each node in a gap, as a number and as a bar; what counts for neither side has none. */
export function partColumns({ model, say, speaker, finer }: Page, gap: DividedGap, heading: string): DataColumn<Line>[] {
  const lines = new Set(gap.lines);
  const largest = Math.max(...gap.parts.slice(1).map(Math.abs));
  const isPart = (node: number): boolean => !gap.out[node] && (lines.has(node) || !model.tree[node].leaf);
  return [
    { key: "part", heading, style: "number", cell: ([node]) => (isPart(node) ? speaker.signed(gap.parts[node], finer) : "–") },
    {
      key: "bar",
      heading: <span class="hidden">{say("waterfall.drawn")}</span>,
      style: "bars",
      cell: ([node]) => isPart(node) && <Diverging part={gap.parts[node]} largest={largest} />,
    },
  ];
}

function Name({ row, node }: { readonly row: number; readonly node: number }) {
  const page = usePage();
  const note = noteText(page, node, row);
  return (
    <>
      <bdi>{page.nodeName(node)}</bdi>
      {page.store.isImputed(row, node) && <span class="flag">{page.say("indicators.imputed")}</span>}
      {note && <bdi class="stated">{note}</bdi>}
    </>
  );
}

export function unitOfMeasure({ model, speaker }: Page, node: number): ComponentChildren {
  const part = model.tree[node];
  return part.leaf ? <bdi>{speaker.text(part.unit)}</bdi> : "";
}

function BandsOf({ row, node }: { readonly row: number; readonly node: number }) {
  const { model } = usePage();
  return model.bands?.map((bands) => bands.node === node && <Band key={bands.id} bands={bands} row={row} />);
}
