import { useMemo } from "preact/hooks";
import { dividerOf } from "../divide";
import { type Page, usePage } from "../page";
import { GapTable } from "../parts/GapTable";
import { Picker } from "../parts/Picker";
import { Undivided, UndividedNodes } from "../parts/Undivided";
import { UnitLink } from "../parts/UnitLink";
import { Verdict } from "../parts/Verdict";
import { unitShown } from "./Unit";

/** Two units: who is ahead and how sure that is, and the gap between them, part by part. */
export function Compare() {
  const page = usePage();
  const { store, table, period, say, model } = page;
  const [first, second] = unitsShown(page);
  const [a, b] = [store.row(first, period), store.row(second, period)];
  const divider = dividerOf(store, table);
  const gap = useMemo(() => (a < 0 || b < 0 ? null : divider.between(a, b)), [divider, a, b]);
  if (first < 0 || second < 0) return <p>{say("unit.none")}</p>;
  const { ids } = model.unit;
  const show = (unit: number, other: number): void => page.put({ unit: ids[unit], other: ids[other] });
  // the other one takes the place of a unit that is chosen twice
  const choose = (unit: number, other: number): void => (unit === other ? show(second, first) : show(unit, other));
  const isScored = [a, b].every((row) => row >= 0 && !Number.isNaN(table.scores[row]));
  const names = { first: <bdi>{page.unitName(first)}</bdi>, second: <bdi>{page.unitName(second)}</bdi> };
  return (
    <article class="compare">
      <h2>{page.tell("compare.title", { first: <UnitLink unit={first} />, second: <UnitLink unit={second} /> })}</h2>
      <div class="pickers">
        <Picker label={say("compare.first")} unit={first} choose={(unit) => choose(unit, second)} />
        <button type="button" onClick={() => show(second, first)}>
          <span aria-hidden="true">⇄</span> {say("compare.swap")}
        </button>
        <Picker label={say("compare.second")} unit={second} choose={(unit) => choose(first, unit)} />
      </div>
      {!isScored && <p>{page.tell("compare.no_score", names)}</p>}
      {isScored && <Verdict rows={[a, b]} gap={gap} />}
      {a >= 0 && b >= 0 && (
        <>
          {isScored && !gap && <Undivided refusal={divider.refusal} />}
          <GapTable rows={[a, b]} gap={gap} />
          {gap && <UndividedNodes gap={gap} />}
        </>
      )}
    </article>
  );
}

/** The units of the address; the first two of the ranking stand in for those that it does not name. */
function unitsShown(page: Page): [number, number] {
  const { state, store, leaders, unitOf } = page;
  const first = unitShown(page);
  const named = store.unitAt.get(state.other);
  if (named !== undefined && named !== first) return [first, named];
  const others = leaders.map(unitOf).filter((unit) => unit !== first);
  return [first, others[0] ?? -1];
}
