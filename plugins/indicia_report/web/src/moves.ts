/** The move of a unit between two periods of a panel, and the units that it passed. */
import type { Store, Table } from "./store";

export interface Move {
  /** The rows of the unit in the two periods. */
  readonly from: number;
  readonly to: number;
  /** Units that were ahead of it and are behind now, the best first. */
  readonly passed: readonly number[];
  /** Units that were behind it and are ahead now, the best first. */
  readonly passedBy: readonly number[];
  /** Units ahead of it now that had no rank before, and units that were ahead and have none now. */
  readonly entered: readonly number[];
  readonly left: readonly number[];
}

/** The move of a unit; null if it has no score in one of the periods. */
export function moveOf(store: Store, table: Table, unit: number, periods: readonly [number, number]): Move | null {
  const [from, to] = periods.map((period) => store.row(unit, period));
  const { scores, ranks } = table;
  if (from < 0 || to < 0 || scores[from] !== scores[from] || scores[to] !== scores[to]) return null;
  const passed: number[] = [];
  const passedBy: number[] = [];
  const entered: number[] = [];
  const left: number[] = [];
  // comparisons with NaN are false, and a unit without ranks passes nobody
  for (const other of store.model.unit.ids.keys()) {
    if (other === unit) continue;
    const [before, now] = periods.map((period) => {
      const row = store.row(other, period);
      return row < 0 ? NaN : ranks[row];
    });
    if (before < ranks[from] && now > ranks[to]) passed.push(other);
    if (before > ranks[from] && now < ranks[to]) passedBy.push(other);
    if (before !== before && now < ranks[to]) entered.push(other);
    if (now !== now && before < ranks[from]) left.push(other);
  }
  const byRank = (list: number[], period: number): number[] =>
    list.sort((a, b) => ranks[store.row(a, period)] - ranks[store.row(b, period)]);
  byRank(passed, periods[1]);
  byRank(passedBy, periods[1]);
  byRank(entered, periods[1]);
  byRank(left, periods[0]);
  return { from, to, passed, passedBy, entered, left };
}
