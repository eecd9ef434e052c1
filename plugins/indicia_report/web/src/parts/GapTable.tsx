import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { DividedGap } from "../divide";
import { type Page, usePage } from "../page";
import { hasRawValues, rawText } from "../values";
import { Choice } from "./Choice";
import { Diverging } from "./Diverging";
import { nodesInOrder, unitOfMeasure } from "./Indicators";
import { Track } from "./Track";

interface Props {
  readonly rows: readonly [number, number];
  /** The parts of the gap; null if it is not divided. */
  readonly gap: DividedGap | null;
}

type Order = "largest" | "dimension";

/** Two units side by side in every indicator, with the part of each in the gap, which sum to it. */
export function GapTable({ rows, gap }: Props) {
  const page = usePage();
  const { say } = page;
  const [wanted, setOrder] = useState<Order>("largest");
  const order = gap ? wanted : "dimension";
  const nodes = gap && order === "largest" ? largestFirst(gap) : linesInOrder(page, gap);
  const options = [
    ["largest", say("gap.largest")],
    ["dimension", say("gap.by_dimension")],
  ] as const;
  return (
    <section class="gap">
      <div class="tools">
        <h3 id="gap">{say(gap ? "gap.title" : "indicators.title")}</h3>
        {gap && <Choice label={say("gap.order")} options={options} chosen={order} choose={setOrder} />}
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="gap">
        <table>
          <Heads rows={rows} gap={gap} />
          <tbody>
            {nodes.map(([node, depth], at) => (
              <Line key={`${node} ${at}`} node={node} depth={depth} rows={rows} gap={gap} />
            ))}
          </tbody>
          {gap && <Sum gap={gap} columns={hasRawValues(page) ? 4 : 3} />}
        </table>
      </div>
    </section>
  );
}

function largestFirst(gap: DividedGap): [number, number][] {
  const nodes = [...gap.lines].sort((x, y) => Math.abs(gap.parts[y]) - Math.abs(gap.parts[x]));
  return nodes.map((node) => [node, 0]);
}

/** The nodes below their dimensions; what stands below an undivided dimension is left out. */
function linesInOrder(page: Page, gap: DividedGap | null): [number, number][] {
  return nodesInOrder(page).filter(([node]) => !gap || (!gap.out[node] && (gap.lines.includes(node) || page.kids(node).length > 0)));
}

function Heads({ rows, gap }: Props) {
  const page = usePage();
  const { say } = page;
  const names = rows.map((row) => <bdi key={row}>{page.unitName(page.unitOf(row))}</bdi>);
  return (
    <thead>
      <tr>
        <th scope="col">{say("indicators.indicator")}</th>
        {names.map((name, at) => (
          <th key={at} scope="col" class="number">
            <span class={`key ${at ? "hollow" : ""}`} aria-hidden="true" />
            {name}
          </th>
        ))}
        {hasRawValues(page) && (
          <th scope="col" class="quiet">
            {say("indicators.unit")}
          </th>
        )}
        <th scope="col" class="tracks">
          {say("indicators.track")}
        </th>
        {gap && (
          <th scope="col" class="number">
            {say("gap.part")}
          </th>
        )}
        {gap && (
          <th scope="col" class="bars">
            <span class="hidden">{say("waterfall.drawn")}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

function Line({ node, depth, rows, gap }: Props & { readonly node: number; readonly depth: number }) {
  const page = usePage();
  const { table, store, speaker } = page;
  const values = table.run.scores[node];
  const marks = rows.map((row, at) => ({ value: values[row], style: at ? "dot hollow" : "dot" }));
  return (
    <tr class={page.isLeaf(node) ? undefined : "dimension"}>
      <th scope="row" class={`depth${Math.min(depth, 4)}`}>
        <bdi>{page.nodeName(node)}</bdi>
      </th>
      {rows.map((row) => (
        <td key={row} class="number">
          {valueOf(page, node, row)}
          {store.isImputed(row, node) && <span class="flag">{page.say("indicators.imputed")}</span>}
        </td>
      ))}
      {hasRawValues(page) && <td class="quiet">{unitOfMeasure(page, node)}</td>}
      <td class="tracks">
        <Track node={node} marks={marks} isJoined without={rows} />
      </td>
      {gap && <td class="number">{speaker.signed(gap.parts[node], page.decimals + 1)}</td>}
      {gap && (
        <td class="bars">
          <Diverging part={gap.parts[node]} largest={largestPart(gap)} />
        </td>
      )}
    </tr>
  );
}

const largestPart = ({ parts }: DividedGap): number => parts.reduce((most, part, node) => (node ? Math.max(most, Math.abs(part)) : most), 0);

/** A raw value where the page may show it, else a normalised one; the score of a dimension. */
function valueOf(page: Page, node: number, row: number): ComponentChildren {
  const { store, table, say } = page;
  const isRaw = page.isLeaf(node) && hasRawValues(page);
  const isMissing = isRaw ? Number.isNaN(table.run.scores[node][row]) && !store.isImputed(row, node) : Number.isNaN(table.run.scores[node][row]);
  if (isMissing) return <span class="quiet">{say("table.missing")}</span>;
  const text = isRaw ? rawText(page, node, row) : page.score(node, row);
  return store.isImputed(row, node) ? <em>{text}</em> : text;
}

/** The rounding of dimensions, if there is one, and the sum: the gap of scores before rounding. */
function Sum({ gap, columns }: { readonly gap: DividedGap; readonly columns: number }) {
  const { say, speaker, decimals } = usePage();
  const rounding = gap.rounding.reduce((sum, part) => sum + part, 0);
  const isRounded = Math.abs(rounding) >= 0.5 * 10 ** -(decimals + 1);
  const lines = [...(isRounded ? [[say("waterfall.rounding"), rounding] as const] : []), [say("gap.sum"), gap.gap] as const];
  return (
    <tfoot>
      {lines.map(([name, part]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td colSpan={columns} />
          <td class="number">{speaker.signed(part, decimals + 1)}</td>
          <td class="bars" />
        </tr>
      ))}
    </tfoot>
  );
}
