import { usePage } from "../page";
import { PIN_COLOURS } from "../colours";
import { PinButton } from "../parts/Pins";
import { ViewLink } from "../parts/UnitLink";
import { isLeaf } from "../model";
import { scale } from "../scale";

/** A unit: its rank and score, and every part of the index. */
export function Unit() {
  const page = usePage();
  const { model, store, say, period } = page;
  const unit = store.unitAt.get(page.state.unit) ?? (page.leaders.length ? page.unitOf(page.leaders[0]) : 0);
  const row = store.row(unit, period);
  const name = page.unitName(unit);
  if (row < 0) {
    return (
      <article>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>{say("unit.no_data", { period: model.periods[period] ?? "" })}</p>
      </article>
    );
  }
  const robust = page.isRobust ? model.robust : null;
  const at = page.order.indexOf(row);
  const near = [at - 2, at - 1, at + 1, at + 2].filter((place) => at >= 0 && place >= 0 && place < page.order.length);
  return (
    <article class="unit">
      <div class="unit-head">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p class="figure">
          <b>{page.rank(row)}</b>
          <span>{say("unit.of", { count: page.order.length })}</span>
        </p>
        <p class="figure">
          <b>{page.score(0, row)}</b>
          <span>{say("unit.score")}</span>
        </p>
        {robust && robust.lower[unit] !== null && (
          <p class="figure">
            <b>{say("table.range", { low: robust.lower[unit]!, high: robust.upper[unit]! })}</b>
            <span>{say("unit.interval", { level: page.speaker.percent(robust.level), draws: robust.draws })}</span>
          </p>
        )}
        <PinButton unit={unit} />
        <button type="button" onClick={() => print()}>
          {say("unit.print")}
        </button>
      </div>
      <h3>{say("unit.neighbours")}</h3>
      <ul>
        {near.map((place) => (
          <li key={place}>
            <ViewLink to={{ view: "compare", unit: model.unit.ids[unit], other: page.idOf(page.order[place]) }}>
              <bdi>{page.unitName(page.unitOf(page.order[place]))}</bdi>
            </ViewLink>
          </li>
        ))}
      </ul>
      <Indicators row={row} />
    </article>
  );
}

function Indicators({ row }: { readonly row: number }) {
  const page = usePage();
  const { model, store, say, speaker, table, period } = page;
  return (
    <table class="indicators">
      <caption>{say("unit.indicators")}</caption>
      <thead>
        <tr>
          <th scope="col">{say("unit.indicator")}</th>
          <th scope="col">{say("unit.value")}</th>
          <th scope="col">{say("unit.measure")}</th>
          <th scope="col">{say("unit.normalised")}</th>
          <th scope="col">{say("unit.track")}</th>
        </tr>
      </thead>
      <tbody>
        {model.tree.map((node, at) => {
          if (!at) return null;
          const extent = store.extent(table.run, at, period);
          const x = scale(extent.low, extent.high, 0, 100);
          const value = table.run.scores[at][row];
          const raw = store.isImputed(row, at) ? store.imputedValue(row, at) : store.engine.raw(at)?.[row];
          return (
            <tr key={node.id} class={isLeaf(node) ? "" : "head"}>
              <th scope="row" style={{ paddingLeft: `${store.depth[at]}em` }}>
                {page.nodeName(at)}
                {store.isImputed(row, at) && <span class="flag">{say("unit.imputed")}</span>}
              </th>
              <td class="number">{raw === undefined ? "" : speaker.significant(raw)}</td>
              <td class="quiet">{isLeaf(node) ? speaker.text(node.unit) : ""}</td>
              <td class="number">{page.score(at, row)}</td>
              <td class="track">
                <div>
                  <span class="mid" style={{ left: `${x(extent.median)}%` }} />
                  {page.pinnedRows().map(([other, place]) => {
                    const there = table.run.scores[at][other];
                    return there === there && <span key={other} class="pin-dot" style={{ left: `${x(there)}%`, background: PIN_COLOURS[place] }} />;
                  })}
                  {value === value && <span class="dot" style={{ left: `${x(value)}%` }} />}
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
