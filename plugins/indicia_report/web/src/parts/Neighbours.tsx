import { usePage } from "../page";
import { chanceAhead } from "../pairs";
import { type DataColumn, DataTable } from "./DataTable";
import { UnitLink, ViewLink } from "./UnitLink";

/** The units shown above and below. */
const NEAR = 2;

/** The units just ahead and just behind, with the share of draws in which this unit is ahead of each. */
export function Neighbours({ row }: { readonly row: number }) {
  const page = usePage();
  const { model, say, tell, table, speaker, unitOf } = page;
  const { ids } = model.unit;
  const unit = unitOf(row);
  // a unit that is ranked stands among those that are
  const hasRank = (other: number): boolean => !Number.isNaN(table.ranks[other]);
  const order = hasRank(row) ? page.order.filter(hasRank) : page.order;
  const at = order.indexOf(row);
  const near = [...order.slice(Math.max(0, at - NEAR), at + NEAR + 1)];
  if (near.length < 2) return null;
  const name = <bdi>{page.unitName(unit)}</bdi>;
  const robust = page.isRobust && model.robust?.pairs ? model.robust : null;
  const chance = (other: number): string => {
    const share = chanceAhead(model, unit, unitOf(other));
    return share === null ? "" : speaker.percent(share);
  };
  const compare = (other: number) => (
    <ViewLink to={{ view: "compare", unit: ids[unit], other: ids[unitOf(other)] }}>
      {say("neighbours.compare")} <span class="hidden">{page.unitName(unitOf(other))}</span>
    </ViewLink>
  );
  const columns: DataColumn<number>[] = [
    { key: "rank", heading: say("table.rank"), style: "number", cell: (other) => page.rank(other) },
    {
      key: "name",
      heading: speaker.text(model.noun) || say("table.unit"),
      isName: true,
      cell: (other) => (other === row ? name : <UnitLink unit={unitOf(other)} />),
    },
    { key: "score", heading: say("table.score"), style: "number", cell: (other) => page.score(0, other) },
    ...(robust ? [{ key: "ahead", heading: tell(page.byRank("neighbours.ahead"), { unit: name }), style: "number", cell: chance }] : []),
    {
      key: "compare",
      heading: <span class="hidden">{say("nav.compare")}</span>,
      cell: (other) => other !== row && compare(other),
    },
  ];
  return (
    <section class="neighbours">
      <h3>{say("neighbours.title")}</h3>
      <DataTable columns={columns} items={near} rowStyle={(other) => (other === row ? "self" : undefined)} />
      {robust && (
        <p class="quiet">
          {say(page.byRank("neighbours.draws"), { draws: robust.draws, says: speaker.text(robust.says) })}
          {robust.caveat && speaker.between + speaker.text(robust.caveat)}
        </p>
      )}
    </section>
  );
}
