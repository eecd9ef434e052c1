import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Page, usePage } from "../page";
import { goalOf, type Goal, type Lever, reachOf } from "../reach";
import { hasRawValues, rawText } from "../values";
import { Choice } from "./Choice";
import { type DataColumn, DataTable } from "./DataTable";
import { Sentences } from "./Sentences";
import { UnitLink } from "./UnitLink";

const TEN = 10;
const MOST_LEVERS = 6;

/** How much of each indicator alone, all else equal, takes a unit to the rank above or to the first ten. */
export function ReachRank({ row }: { readonly row: number }) {
  const page = usePage();
  const { table, say, store, period } = page;
  const [wanted, setWanted] = useState<"above" | "ten">("above");
  const hasTen = table.ranks[row] > TEN + 1;
  const goal = useMemo(() => goalOf(store, table, row, period, wanted === "ten" && hasTen ? TEN : undefined), [table, row, period, wanted]);
  if (!goal || page.startsWithWorst) return null;
  const options = [
    ["above", say("reach.above")],
    ["ten", say("reach.ten", { count: TEN })],
  ] as const;
  return (
    <section class="reach">
      <h3>{say("reach.title")}</h3>
      {hasTen && <Choice label={say("reach.label")} options={options} chosen={wanted} choose={setWanted} />}
      <Levers row={row} goal={goal} />
    </section>
  );
}

function Levers({ row, goal }: { readonly row: number; readonly goal: Goal }) {
  const page = usePage();
  const { say, tell, speaker, store, table, period } = page;
  const reach = useMemo(() => reachOf(store, table, row, period, goal), [table, row, goal]);
  const points = speaker.number(Math.abs(goal.score - table.scores[row]), page.finer);
  const rival = <UnitLink unit={page.unitOf(goal.rival)} />;
  const needs = tell(page.model.lowest_first ? "reach.points_less" : "reach.points", { rank: page.rank(goal.rival), rival, points });
  const first = (then: ComponentChildren) => (
    <p>
      <Sentences of={[needs, then]} />
    </p>
  );
  if (!reach) return first(say("reach.refused"));
  const { levers, short, leftOut } = reach;
  return (
    <>
      {first(say(levers.length ? "reach.each" : "reach.nothing"))}
      {levers.length > 0 && <LeverTable row={row} levers={levers.slice(0, MOST_LEVERS)} />}
      <p class="quiet">
        <Sentences
          of={[
            ...(levers.length > MOST_LEVERS ? [say("reach.more", { count: levers.length - MOST_LEVERS })] : []),
            ...(levers.length && short.length ? [say("reach.short", { count: short.length })] : []),
            ...(leftOut.length ? [say("reach.left_out", { count: leftOut.length })] : []),
          ]}
        />
      </p>
    </>
  );
}

function LeverTable({ row, levers }: { readonly row: number; readonly levers: readonly Lever[] }) {
  const page = usePage();
  const { say, speaker, store, period } = page;
  const isRaw = hasRawValues(page);
  const z = (node: number, value: number): string => speaker.number(value, store.decimals(node, period));
  const columns: DataColumn<Lever>[] = [
    { key: "name", heading: say("indicators.indicator"), isName: true, cell: ({ node }) => <bdi>{page.nodeShort(node)}</bdi> },
    { key: "now", heading: say("reach.now"), style: "number", cell: ({ node, now }) => (isRaw ? rawText(page, node, row) : z(node, now)) },
    {
      key: "needed",
      heading: say("reach.needed"),
      style: "number",
      cell: (lever) => (isRaw ? neededText(page, lever) : z(lever.node, lever.needed)),
    },
  ];
  return <DataTable columns={columns} items={levers} />;
}

/** The raw value that is needed; where it is not computed, that of the unit whose value is just good enough. */
function neededText(page: Page, { node, raw, like, now, needed }: Lever): string {
  const { say, speaker, store, period } = page;
  if (like >= 0) return say("reach.like", { value: speaker.significant(raw), unit: page.unitName(page.unitOf(like)) });
  if (raw === raw) return speaker.significant(raw);
  const decimals = store.decimals(node, period);
  return say("reach.normalised", { now: speaker.number(now, decimals), needed: speaker.number(needed, decimals) });
}
