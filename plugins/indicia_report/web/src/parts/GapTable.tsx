import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { DividedGap } from "../divide";
import { type Page, usePage } from "../page";
import { hasRawValues, hasUnits, rawText } from "../values";
import { Choice } from "./Choice";
import { type DataColumn, DataTable, Scrolling } from "./DataTable";
import { depthStyle, type Line, lineStyle, nodesInOrder, partColumns, unitOfMeasure } from "./Indicators";
import { Track } from "./Track";

interface Props {
  readonly rows: readonly [number, number];
  /** The parts of the gap; null if it is not divided. */
  readonly gap: DividedGap | null;
}

/** Two units side by side in every indicator, with the part of each in the gap, which sum to it. */
export function GapTable({ rows, gap }: Props) {
  const page = usePage();
  const { say } = page;
  const [order, setOrder] = useState<"largest" | "dimension">("largest");
  const title = say(gap ? "gap.title" : "indicators.title");
  const columns = columnsOf(page, rows, gap);
  const options = [
    ["largest", say("gap.largest")],
    ["dimension", say("gap.by_dimension")],
  ] as const;
  return (
    <section class="gap">
      <div class="tools">
        <h3>{title}</h3>
        {gap && <Choice label={say("gap.order")} options={options} chosen={order} choose={setOrder} />}
      </div>
      <Scrolling label={title}>
        <DataTable
          columns={columns}
          items={gap && order === "largest" ? largestFirst(gap) : linesInOrder(page, gap)}
          rowStyle={lineStyle(page)}
          nameStyle={depthStyle}
          foot={gap && <Sum gap={gap} rest={columns.length - 4} />}
        />
      </Scrolling>
      {gap?.implied.some(({ size }) => size > 0) && <p class="quiet">{say("gap.implied")}</p>}
    </section>
  );
}

function largestFirst({ lines, parts }: DividedGap): Line[] {
  return [...lines].sort((x, y) => Math.abs(parts[y]) - Math.abs(parts[x])).map((node) => [node, 0]);
}

/** The nodes below their dimensions; what stands below an undivided dimension is left out. */
function linesInOrder(page: Page, gap: DividedGap | null): Line[] {
  return nodesInOrder(page).filter(([node]) => !gap || (!gap.out[node] && (gap.lines.includes(node) || !page.isLeaf(node))));
}

function columnsOf(page: Page, rows: readonly number[], gap: DividedGap | null): DataColumn<Line>[] {
  const { say, table } = page;
  const marks = (node: number) => rows.map((row, at) => ({ value: table.run.scores[node][row], style: at ? "dot hollow" : "dot" }));
  return [
    { key: "name", heading: say("indicators.indicator"), isName: true, cell: ([node]) => <bdi>{page.nodeName(node)}</bdi> },
    ...rows.map((row, at) => ({
      key: String(at),
      heading: (
        <>
          <span class={`key ${at ? "hollow" : ""}`} aria-hidden="true" />
          <bdi>{page.unitName(page.unitOf(row))}</bdi>
        </>
      ),
      style: "number",
      cell: ([node]: Line) => <Value row={row} node={node} />,
    })),
    ...(gap ? partColumns(page, gap, say("gap.part")) : []),
    {
      key: "track",
      heading: say("indicators.track"),
      style: "tracks",
      cell: ([node]) => <Track node={node} marks={marks(node)} isJoined without={rows} />,
    },
    ...(hasRawValues(page) && hasUnits(page) ? [{ key: "unit", heading: say("indicators.unit"), style: "quiet", cell: ([node]: Line) => unitOfMeasure(page, node) }] : []),
  ];
}

/** A raw value where the page may show it, else a normalised one; the score of a dimension. */
function Value({ row, node }: { readonly row: number; readonly node: number }): ComponentChildren {
  const page = usePage();
  const isImputed = page.store.isImputed(row, node);
  if (Number.isNaN(page.table.run.scores[node][row]) && !isImputed) return <span class="quiet">{page.say("table.missing")}</span>;
  const text = page.isLeaf(node) && hasRawValues(page) ? rawText(page, node, row) : page.score(node, row);
  if (!isImputed) return text;
  return (
    <>
      <em>{text}</em>
      <span class="flag">{page.say("indicators.imputed")}</span>
    </>
  );
}

/** The rounding of dimensions, if there is one, and the sum: the gap of scores before rounding. */
function Sum({ gap, rest }: { readonly gap: DividedGap; readonly rest: number }) {
  const { say, speaker, finer } = usePage();
  const rounding = gap.rounding.reduce((sum, part) => sum + part, 0);
  const isRounded = Math.abs(rounding) >= 0.5 * 10 ** -finer;
  const lines = [...(isRounded ? [[say("waterfall.rounding"), rounding] as const] : []), [say("gap.sum"), gap.gap] as const];
  return (
    <tfoot>
      {lines.map(([name, part]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td colSpan={2} />
          <td class="number">{speaker.signed(part, finer)}</td>
          <td colSpan={rest} />
        </tr>
      ))}
    </tfoot>
  );
}
