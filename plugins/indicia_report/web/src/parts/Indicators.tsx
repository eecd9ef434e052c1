import type { ComponentChildren } from "preact";
import type { MedianGap } from "../divide";
import { type Page, usePage } from "../page";
import { bandOf } from "../ranking";
import { hasRawValues, placeText, rawText } from "../values";
import { Diverging } from "./Diverging";
import { Track } from "./Track";
import { Trend } from "./Trend";

interface Props {
  readonly row: number;
  /** The parts of the gap to the median; null if it is not divided. */
  readonly gap: MedianGap | null;
}

interface Column {
  readonly key: string;
  readonly heading: ComponentChildren;
  readonly style: string;
  readonly cell: (node: number) => ComponentChildren;
}

/** Every indicator of a unit, below the heading of its dimension. */
export function Indicators({ row, gap }: Props) {
  const page = usePage();
  const columns = columnsOf(page, row, gap);
  return (
    <section class="indicators">
      <h3 id="indicators">{page.say("indicators.title")}</h3>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="indicators">
        <table>
          <thead>
            <tr>
              <th scope="col">{page.say("indicators.indicator")}</th>
              {columns.map(({ key, heading, style }) => (
                <th key={key} scope="col" class={style}>
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodesInOrder(page).map(([node, depth], at) => (
              <tr key={at} class={page.isLeaf(node) ? undefined : "dimension"}>
                <th scope="row" class={`depth${Math.min(depth, 4)}`}>
                  <bdi>{page.nodeName(node)}</bdi>
                  {page.store.isImputed(row, node) && <span class="flag">{page.say("indicators.imputed")}</span>}
                </th>
                {columns.map(({ key, style, cell }) => (
                  <td key={key} class={style}>
                    {cell(node)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** All nodes below the index with their depth, each below its dimension; a shared one stands below each of its own. */
export function nodesInOrder(page: Page): [node: number, depth: number][] {
  const visit = (node: number, depth: number): [number, number][] => [
    [node, depth],
    ...page.kids(node).flatMap((kid) => visit(kid, depth + 1)),
  ];
  return page.kids(0).flatMap((node) => visit(node, 0));
}

function columnsOf(page: Page, row: number, gap: MedianGap | null): Column[] {
  const { store, say, table, model, speaker } = page;
  const imputed = (node: number, text: string): ComponentChildren => (store.isImputed(row, node) ? <em>{text}</em> : text);
  const columns: Column[] = [];
  const add = (key: string, heading: ComponentChildren, style: string, cell: Column["cell"]): void => void columns.push({ key, heading, style, cell });
  if (hasRawValues(page)) {
    add("value", say("indicators.value"), "number", (node) => imputed(node, rawText(page, node, row)));
    add("unit", say("indicators.unit"), "quiet", (node) => unitOfMeasure(page, node));
  }
  if (model.tree.some((part) => part.leaf && part.year)) {
    add("year", say("indicators.year"), "number quiet", (node) => {
      const part = model.tree[node];
      return part.leaf ? (part.year ?? "") : "";
    });
  }
  add("normalised", say("indicators.normalised"), "number", (node) =>
    Number.isNaN(table.run.scores[node][row]) ? <span class="quiet">{say("table.missing")}</span> : imputed(node, page.score(node, row)),
  );
  const bands = table.changed ? [] : (model.bands ?? []).filter(({ node }) => node !== 0);
  if (bands.length) add("bands", say("indicators.bands"), "", (node) => <BandsOf row={row} node={node} />);
  if (model.trends && !table.changed) add("trend", say("table.trend"), "", (node) => <Trend node={node} row={row} />);
  add("track", say("indicators.track"), "tracks", (node) => (
    <Track node={node} marks={[{ value: table.run.scores[node][row], style: store.isImputed(row, node) ? "dot hollow" : "dot" }]} without={[row]} />
  ));
  add("place", say("table.rank"), "number", (node) => placeText(page, node, row));
  if (gap) {
    const parts = new Set(gap.lines);
    const largest = model.tree.reduce((most, _, node) => (node ? Math.max(most, Math.abs(gap.parts[node])) : most), 0);
    const isPart = (node: number): boolean => !gap.out[node] && (parts.has(node) || page.kids(node).length > 0);
    add("part", say("indicators.part"), "number", (node) => (isPart(node) ? speaker.signed(gap.parts[node], page.decimals + 1) : "–"));
    add("bar", <span class="hidden">{say("waterfall.drawn")}</span>, "bars", (node) => (isPart(node) ? <Diverging part={gap.parts[node]} largest={largest} /> : ""));
  }
  return columns;
}

export function unitOfMeasure({ model, speaker }: Page, node: number): ComponentChildren {
  const part = model.tree[node];
  return part.leaf ? <bdi>{speaker.text(part.unit)}</bdi> : "";
}

function BandsOf({ row, node }: { readonly row: number; readonly node: number }) {
  const { model, speaker } = usePage();
  const own = (model.bands ?? []).filter((bands) => bands.node === node && bandOf(bands, row) >= 0);
  return (
    <>
      {own.map((bands) => (
        <span key={bands.id} class="band" title={speaker.text(bands.name)}>
          <i style={{ background: bands.colours?.[bandOf(bands, row)] ?? "" }} />
          {speaker.text(bands.labels[bandOf(bands, row)])}
        </span>
      ))}
    </>
  );
}
