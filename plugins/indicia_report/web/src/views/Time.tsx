import { PIN_COLOURS } from "../colours";
import { type Page, usePage } from "../page";
import { type DataColumn, DataTable, Scrolling } from "../parts/DataTable";
import { type LineOfUnit, Lines } from "../parts/Lines";
import { Moved } from "../parts/Moved";
import { Picker } from "../parts/Picker";
import { UnitLink } from "../parts/UnitLink";
import { MOST_PINS } from "../state";

/** The scores and ranks of some units over all periods, and why one of them moved. */
export function Time() {
  const page = usePage();
  const { say, model } = page;
  const units = unitsShown(page);
  const scores = units.map((unit) => lineOf(page, unit, page.table.scores));
  const ranks = units.map((unit) => lineOf(page, unit, page.table.ranks));
  const names = { count: units.length, first: model.periods[0] ?? "", last: model.periods[model.periods.length - 1] ?? "" };
  const moved = page.store.unitAt.get(page.state.unit) ?? units[0];
  return (
    <article class="time">
      <h2>{say("time.title")}</h2>
      <p class="quiet">{say(page.state.pins.length ? "time.pinned" : "time.leaders")}</p>
      {page.state.pins.length < MOST_PINS && <Picker label={say("time.add")} unit={-1} choose={(unit) => add(page, unit)} />}
      {units.length > 0 && (
        <>
          <div class="charts">
            <Lines title={say("time.scores")} label={say("time.scores_label", names)} lines={scores} />
            <Lines title={say("time.ranks")} label={say("time.ranks_label", names)} lines={ranks} isRank />
          </div>
          <TimeTable units={units} scores={scores} ranks={ranks} />
        </>
      )}
      {moved !== undefined && <Moved unit={moved} />}
    </article>
  );
}

/** The pinned units; without any the first two of the ranking, and the unit of the address. */
function unitsShown({ state, store, leaders, unitOf }: Page): number[] {
  if (state.pins.length) return state.pins.flatMap((id) => store.unitAt.get(id) ?? []);
  const named = store.unitAt.get(state.unit);
  return [...new Set([...(named === undefined ? [] : [named]), ...leaders.map(unitOf)])];
}

/** Pin a unit; the units that are shown without a pin get one too, so that they stay. */
function add(page: Page, unit: number): void {
  const ids = [...unitsShown(page), unit].map((one) => page.model.unit.ids[one]);
  page.put({ pins: [...new Set(ids)].slice(-MOST_PINS) });
}

function lineOf({ store, model }: Page, unit: number, values: Float64Array): LineOfUnit {
  const valueIn = (period: number): number => {
    const row = store.row(unit, period);
    return row < 0 ? NaN : values[row];
  };
  return { unit, values: model.periods.map((_, period) => valueIn(period)) };
}

interface TableProps {
  readonly units: readonly number[];
  readonly scores: readonly LineOfUnit[];
  readonly ranks: readonly LineOfUnit[];
}

/** The numbers of both figures, the last period first. */
function TimeTable({ units, scores, ranks }: TableProps) {
  const page = usePage();
  const { model, say, speaker } = page;
  const cell = (at: number, period: number): string => {
    const [score, rank] = [scores[at].values[period], ranks[at].values[period]];
    if (score !== score) return speaker.number(NaN);
    return say("time.cell", { score: speaker.number(score, page.decimals), rank: speaker.number(rank, Number.isInteger(rank) ? 0 : 1) });
  };
  const columns: DataColumn<number>[] = [
    { key: "period", heading: say("nav.period"), isName: true, cell: (period) => model.periods[period] },
    ...units.map((unit, at) => ({
      key: String(unit),
      heading: (
        <>
          <i class="swatch" style={{ background: PIN_COLOURS[at] }} />
          <UnitLink unit={unit} />
        </>
      ),
      style: "number",
      cell: (period: number) => cell(at, period),
    })),
  ];
  const periods = model.periods.map((_, period) => period).reverse();
  return (
    <details class="numbers">
      <summary>{say("time.numbers")}</summary>
      <Scrolling label={say("time.numbers")}>
        <DataTable columns={columns} items={periods} rowStyle={(period) => (period === page.period ? "self" : undefined)} />
      </Scrolling>
    </details>
  );
}
