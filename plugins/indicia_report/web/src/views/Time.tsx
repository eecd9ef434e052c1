import { PIN_COLOURS } from "../colours";
import { usePage } from "../page";
import { scale, tickDecimals, ticks } from "../scale";

/** The scores of the pinned units over all periods. */
export function Time() {
  const page = usePage();
  const { model, store, say, state, table, speaker } = page;
  const ids = state.pins.length ? state.pins : page.leaders.map((row) => page.idOf(row));
  const lines = ids.map((id) => {
    const unit = store.unitAt.get(id)!;
    const scores = model.periods.map((_, period) => table.scores[store.row(unit, period)] ?? NaN);
    return { unit, scores };
  });
  const known = lines.flatMap(({ scores }) => scores.filter((score) => score === score));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = scale(0, model.periods.length - 1, 50, 810);
  const y = scale(low, high, 300, 20);
  const places = ticks(low, high);
  return (
    <article>
      <h2>{say("time.title")}</h2>
      <svg viewBox="0 0 1000 340" class="lines" role="img" aria-label={say("time.label", { count: lines.length })}>
        {places.map((value) => (
          <text key={value} x="44" y={y(value) + 4} text-anchor="end">
            {speaker.number(value, tickDecimals(places))}
          </text>
        ))}
        {lines.map(({ unit, scores }, place) => (
          <g key={unit}>
            <path
              fill="none"
              stroke={PIN_COLOURS[place]}
              stroke-width="2.5"
              d={scores.map((score, at) => (score === score ? `${at && scores[at - 1] === scores[at - 1] ? "L" : "M"}${x(at)} ${y(score)}` : "")).join("")}
            />
            <text x="820" y={y(scores[scores.length - 1]) + 4 || 20} style={{ fill: PIN_COLOURS[place] }}>
              {page.unitName(unit)}
            </text>
          </g>
        ))}
      </svg>
    </article>
  );
}
