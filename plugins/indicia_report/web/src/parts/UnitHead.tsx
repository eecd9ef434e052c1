import type { ComponentChildren } from "preact";
import { usePage } from "../page";
import { bandOf } from "../ranking";
import { groupsOf } from "../values";
import { Band } from "./Band";
import { Trend, trendOf } from "./Trend";

interface Props {
  readonly unit: number;
  /** The row of the unit in the period; −1 if it has none. */
  readonly row: number;
}

/** The name of a unit with its groups, rank, score, and how sure the rank is. */
export function UnitHead({ unit, row }: Props) {
  const page = usePage();
  const { model, say } = page;
  const isPinned = page.pinOf(unit) >= 0;
  const about = [...groupsOf(page, unit), ...model.periods.slice(page.period, page.period + 1)];
  return (
    <header class="unit-head">
      <div>
        <h2>
          <bdi>{page.unitName(unit)}</bdi>
        </h2>
        {about.length > 0 && (
          <ul class="quiet about">
            {about.map((text) => (
              <li key={text}>
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Figures unit={unit} row={row} />
      <span class="buttons">
        <button type="button" aria-pressed={isPinned} onClick={() => page.togglePin(unit)}>
          {say(isPinned ? "unit.unpin" : "unit.pin")}
        </button>
        <button type="button" onClick={() => window.print()}>
          {say("unit.print")}
        </button>
      </span>
    </header>
  );
}

function Figures({ unit, row }: Props) {
  const page = usePage();
  const { model, say, speaker, table } = page;
  if (row < 0 || Number.isNaN(table.scores[row])) return null;
  const figures: [title: string, value: ComponentChildren, more: string][] = [
    [say("unit.rank"), page.rank(row), say("unit.of", { count: page.ranked(0) })],
    [say("unit.score"), page.score(0, row), ""],
  ];
  const { robust } = model;
  const [lower, upper] = [robust?.lower[unit] ?? null, robust?.upper[unit] ?? null];
  if (page.isRobust && robust && lower !== null && upper !== null) {
    // an end between two ranks is widened to a whole one
    const [low, high] = [speaker.number(Math.floor(lower)), speaker.number(Math.ceil(upper))];
    const value = low === high ? low : say("table.range", { low, high });
    figures.push([say("unit.interval"), value, say("unit.interval_of", { level: speaker.percent(robust.level), draws: robust.draws })]);
    const ten = robust.ten[unit];
    if (ten !== null && ten > 0.005 && ten < 0.995) figures.push([say("unit.ten"), speaker.percent(ten), say("unit.ten_of", { draws: robust.draws })]);
  }
  if (!table.changed) {
    for (const bands of model.bands ?? []) {
      if (bands.node === 0 && bandOf(bands, row) >= 0) figures.push([speaker.text(bands.name), <Band key="band" bands={bands} row={row} />, ""]);
    }
    if (!Number.isNaN(trendOf(page, 0, row))) figures.push([say("table.trend"), <Trend key="trend" node={0} row={row} />, ""]);
  }
  return (
    <dl class="figures">
      {figures.map(([title, value, more]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            {typeof value === "string" ? <b>{value}</b> : value}
            {more && <span>{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
