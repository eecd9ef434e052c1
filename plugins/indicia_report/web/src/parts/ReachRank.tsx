import { useState } from "preact/hooks";
import { quoted } from "../command";
import type { Lever } from "../model";
import { type Page, usePage } from "../page";
import { rawText } from "../values";
import { Choice } from "./Choice";
import { type DataColumn, DataTable } from "./DataTable";
import { Sentences } from "./Sentences";
import { UnitLink } from "./UnitLink";

type Goal = "above" | "ten";

const TEN = 10;

/** The values of each indicator alone that take a unit to the rank above or to the first ten, as the engine found them. */
export function ReachRank({ row }: { readonly row: number }) {
  const page = usePage();
  const { say, model } = page;
  const [wanted, setWanted] = useState<Goal>("above");
  const goal: Goal = page.table.ranks[row] > TEN + 1 ? wanted : "above";
  const levers = model.levers?.period === page.period ? model.levers[goal][page.unitOf(row)] : undefined;
  const rival = levers ? page.store.row(levers[0], page.period) : rivalOf(page, row, goal);
  // the values belong to the published scores, and a table without an index file has no command that finds others
  if (rival < 0 || page.startsWithWorst || page.table.changed || (!levers && model.command)) return null;
  const options = [
    ["above", say("reach.above")],
    ["ten", say("reach.ten", { count: TEN })],
  ] as const;
  return (
    <section class="reach">
      <h3>{say("reach.title")}</h3>
      {page.table.ranks[row] > TEN + 1 && <Choice label={say("reach.label")} options={options} chosen={goal} choose={setWanted} />}
      <Levers row={row} rival={rival} found={levers} />
    </section>
  );
}

/** The row of the tenth unit or of the unit above; −1 if there is none. */
function rivalOf({ order, table: { ranks } }: Page, row: number, goal: Goal): number {
  const above = order.filter((other) => ranks[other] < ranks[row]);
  return above[goal === "ten" ? TEN - 1 : above.length - 1] ?? -1;
}

interface LeversProps {
  readonly row: number;
  readonly rival: number;
  readonly found: Lever | undefined;
}

/** Without values on the page, all indicators are left out. */
const NONE: Lever = [-1, [], 0, 0, 1];

function Levers({ row, rival, found }: LeversProps) {
  const page = usePage();
  const { say, tell, speaker, table, model } = page;
  const [, listed, more, short, leftOut] = found ?? NONE;
  const points = speaker.number(Math.abs(table.scores[rival] - table.scores[row]), page.finer);
  const slots = { rank: page.rank(rival), rival: <UnitLink unit={page.unitOf(rival)} />, points };
  const needs = tell(model.lowest_first ? "reach.points_less" : "reach.points", slots);
  const answer = listed.length ? "reach.each" : leftOut ? null : "reach.nothing";
  const counts = [
    ...(more ? [say("reach.more", { count: more })] : []),
    ...(answer !== "reach.nothing" && short ? [say("reach.short", { count: short })] : []),
    ...(found && leftOut ? [say("reach.left_out", { count: leftOut })] : []),
  ];
  return (
    <>
      {answer && (
        <p>
          <Sentences of={[needs, say(answer)]} />
        </p>
      )}
      {listed.length > 0 && <LeverTable row={row} levers={listed} />}
      {counts.length > 0 && (
        <p class="quiet">
          <Sentences of={counts} />
        </p>
      )}
      {leftOut > 0 && !model.command && <Search row={row} rival={rival} />}
    </>
  );
}

/** The command that finds the values that the page does not have. */
function Search({ row, rival }: { readonly row: number; readonly rival: number }) {
  const page = usePage();
  const period = page.model.periods[page.period];
  const words = ["indicia", "explain", page.idOf(row), "--overtake", page.idOf(rival), ...(period ? ["--at", period] : [])];
  return (
    <>
      <p class="quiet">{page.say("reach.search")}</p>
      <code class="command">{words.map(quoted).join(" ")}</code>
    </>
  );
}

function LeverTable({ row, levers }: { readonly row: number; readonly levers: Lever[1] }) {
  const page = usePage();
  const { say, speaker } = page;
  const columns: DataColumn<Lever[1][number]>[] = [
    { key: "name", heading: say("indicators.indicator"), isName: true, cell: ([node]) => <bdi>{page.nodeShort(node)}</bdi> },
    { key: "now", heading: say("reach.now"), style: "number", cell: ([node]) => rawText(page, node, row) },
    { key: "needed", heading: say("reach.needed"), style: "number", cell: ([, needed]) => speaker.exact(needed) },
  ];
  return <DataTable columns={columns} items={levers} />;
}
