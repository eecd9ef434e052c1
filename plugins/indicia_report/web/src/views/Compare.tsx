import { usePage } from "../page";
import { chanceAhead } from "../pairs";
import { UnitLink } from "../parts/UnitLink";

/** Two units, part by part. */
export function Compare() {
  const page = usePage();
  const { store, say, speaker, state, model, table } = page;
  const leaders = page.leaders.map((row) => page.unitOf(row));
  const first = store.unitAt.get(state.unit) ?? leaders[0] ?? 0;
  const second = store.unitAt.get(state.other) ?? leaders.find((unit) => unit !== first) ?? 0;
  const rows = [first, second].map((unit) => store.row(unit, page.period));
  const chance = page.isRobust ? chanceAhead(model, first, second) : null;
  return (
    <article class="compare">
      <h2>{say("compare.title")}</h2>
      <p>{page.tell("compare.two", { unit: <UnitLink unit={first} />, other: <UnitLink unit={second} /> })}</p>
      {chance !== null && <p>{say("compare.chance", { unit: page.unitName(first), chance: speaker.percent(chance) })}</p>}
      {rows.every((row) => row >= 0) && (
        <table class="indicators">
          <tbody>
            {model.tree.map((node, at) => (
              <tr key={node.id}>
                <th scope="row">{page.nodeName(at)}</th>
                {rows.map((row) => (
                  <td key={row} class="number">
                    {page.score(at, row)}
                  </td>
                ))}
                <td class="number">{speaker.signed(table.run.scores[at][rows[0]] - table.run.scores[at][rows[1]], store.decimals(at, page.period))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  );
}
