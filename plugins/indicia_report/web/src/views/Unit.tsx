import { useMemo } from "preact/hooks";
import { dividerOf, type MedianGap } from "../divide";
import { type Page, usePage } from "../page";
import { FromMedian } from "../parts/FromMedian";
import { Indicators } from "../parts/Indicators";
import { Neighbours } from "../parts/Neighbours";
import { ReachRank } from "../parts/ReachRank";
import { Undivided } from "../parts/Undivided";
import { UnitHead } from "../parts/UnitHead";
import { UnitSentences } from "../parts/UnitSentences";

/** One unit: its rank and how sure it is, what helps it and what holds it back, and every indicator. */
export function Unit() {
  const page = usePage();
  const { store, table, period } = page;
  const unit = unitShown(page);
  const row = unit < 0 ? -1 : store.row(unit, period);
  const gap = useMemo(() => medianGap(page, row), [table, row, period]);
  if (unit < 0) return <p>{page.say("unit.none")}</p>;
  return (
    <article class="unit">
      <UnitHead unit={unit} row={row} />
      {row < 0 || Number.isNaN(table.scores[row]) ? (
        <NoScore unit={unit} />
      ) : (
        <>
          <UnitSentences row={row} gap={gap} />
          <div class="split">
            {gap ? <FromMedian row={row} gap={gap} /> : <Undivided refusal={dividerOf(store, table).refusal} />}
            <div>
              <Neighbours row={row} />
              <ReachRank key={row} row={row} />
            </div>
          </div>
        </>
      )}
      {row >= 0 && <Indicators row={row} gap={gap} />}
    </article>
  );
}

function NoScore({ unit }: { readonly unit: number }) {
  const page = usePage();
  const { model, period, tell } = page;
  const slots = { unit: <bdi>{page.unitName(unit)}</bdi>, period: model.periods[period] ?? "" };
  return <p>{tell(model.periods.length ? "unit.no_score" : "unit.no_score_once", slots)}</p>;
}

/** The unit of the address, or the first of the ranking. */
export function unitShown({ state, store, leaders, unitOf }: Page): number {
  return store.unitAt.get(state.unit) ?? (leaders.length ? unitOf(leaders[0]) : -1);
}

export function medianGap({ store, table, period }: Page, row: number): MedianGap | null {
  return row < 0 ? null : dividerOf(store, table).fromMedian(row, period);
}
