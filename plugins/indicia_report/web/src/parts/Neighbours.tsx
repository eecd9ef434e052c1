import { usePage } from "../page";
import { chanceAhead } from "../pairs";
import { UnitLink, ViewLink } from "./UnitLink";

/** The units shown above and below. */
const NEAR = 2;

/** The units just ahead and just behind, with the share of draws in which this unit is ahead of each. */
export function Neighbours({ row }: { readonly row: number }) {
  const page = usePage();
  const { model, say, tell, table, speaker } = page;
  const unit = page.unitOf(row);
  // a unit that is ranked stands among those that are
  const hasRank = (other: number): boolean => !Number.isNaN(table.ranks[other]);
  const order = hasRank(row) ? page.order.filter(hasRank) : page.order;
  const at = order.indexOf(row);
  const near = [...order.slice(Math.max(0, at - NEAR), at + NEAR + 1)];
  if (near.length < 2) return null;
  const name = <bdi>{page.unitName(unit)}</bdi>;
  const hasChances = page.isRobust && model.robust?.pairs !== null;
  return (
    <section class="neighbours">
      <h3>{say("neighbours.title")}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              {say("table.rank")}
            </th>
            <th scope="col">{speaker.text(model.noun) || say("table.unit")}</th>
            <th scope="col" class="number">
              {say("table.score")}
            </th>
            {hasChances && (
              <th scope="col" class="number">
                {tell("neighbours.ahead", { unit: name })}
              </th>
            )}
            <th scope="col">
              <span class="hidden">{say("nav.compare")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {near.map((other) => {
            const neighbour = page.unitOf(other);
            const chance = other === row ? null : chanceAhead(model, unit, neighbour);
            return (
              <tr key={other} class={other === row ? "self" : undefined}>
                <td class="number">{page.rank(other)}</td>
                <th scope="row">{other === row ? name : <UnitLink unit={neighbour} />}</th>
                <td class="number">{speaker.number(table.scores[other], page.decimals)}</td>
                {hasChances && <td class="number">{chance === null ? "" : speaker.percent(chance)}</td>}
                <td>
                  {other !== row && (
                    <ViewLink to={{ view: "compare", unit: model.unit.ids[unit], other: model.unit.ids[neighbour] }}>
                      {say("neighbours.compare")}
                      <span class="hidden">{say("neighbours.compare_with", { unit: page.unitName(neighbour) })}</span>
                    </ViewLink>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {hasChances && model.robust && (
        <p class="quiet">{say("neighbours.draws", { draws: model.robust.draws, says: speaker.text(model.robust.says) })}</p>
      )}
    </section>
  );
}
