import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type DividedGap, dividerOf, linesByValue } from "../divide";
import { type Move, moveOf } from "../moves";
import { type Page, usePage } from "../page";
import { ByLevel, hasDimensions, type Level, stepsOf } from "./FromMedian";
import { Sentences } from "./Sentences";
import { Undivided, UndividedNodes } from "./Undivided";
import { UnitLink } from "./UnitLink";
import { Waterfall } from "./Waterfall";

/** The most units, or indicators, that a sentence names. */
const MOST_NAMED = 8;
const MOST_PARTS = 3;

/** Why a unit moved between two periods: the change of its score, part by part, and the units that it passed. */
export function Moved({ unit }: { readonly unit: number }) {
  const page = usePage();
  const { store, table, model, say, tell } = page;
  const since = sinceOf(page, unit);
  const periods = [since, page.period] as const;
  const move = useMemo(() => moveOf(store, table, unit, periods), [table, unit, since, page.period]);
  const gap = useMemo(() => move && dividerOf(store, table).between(move.to, move.from), [table, move]);
  const name = <bdi>{page.unitName(unit)}</bdi>;
  const [from, to] = periods.map((period) => model.periods[period] ?? "");
  return (
    <section class="moved-unit" aria-labelledby="moved">
      <h3 id="moved">{tell("move.title", { unit: name })}</h3>
      <Choices unit={unit} since={since} />
      {since === page.period && <p>{say("move.same")}</p>}
      {since !== page.period && !move && <p>{tell("move.none", { unit: name, from, to })}</p>}
      {move && since !== page.period && (
        <>
          <p class="says">
            <Sentences of={sentences(page, unit, move, gap, periods)} />
          </p>
          {gap ? <Steps move={move} gap={gap} names={[from, to]} /> : <Undivided refusal={dividerOf(store, table).refusal} />}
        </>
      )}
    </section>
  );
}

/** The period from which a move is explained: that of the address, or the last one with another score or rank. */
function sinceOf({ model, state, period, store, table }: Page, unit: number): number {
  if (state.since) return model.periods.indexOf(state.since);
  const [score, rank] = at(period);
  for (let since = period - 1; since >= 0; since--) {
    const [before, place] = at(since);
    if (before === before && (before !== score || place !== rank)) return since;
  }
  return Math.max(0, period - 1);

  function at(one: number): [score: number, rank: number] {
    const row = store.row(unit, one);
    return row < 0 ? [NaN, NaN] : [table.scores[row], table.ranks[row]];
  }
}

/** The unit and the two periods. */
function Choices({ unit, since }: { readonly unit: number; readonly since: number }) {
  const page = usePage();
  const { model, say, state } = page;
  const ids = [...new Set([model.unit.ids[unit], ...state.pins])];
  const period = (label: string, chosen: number, choose: (period: string) => void) => (
    <label>
      {label}{" "}
      <select value={model.periods[chosen] ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
        {model.periods.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <p class="choices">
      {ids.length > 1 && (
        <label>
          {say("move.unit")}{" "}
          <select value={model.unit.ids[unit]} onChange={(event) => page.put({ unit: event.currentTarget.value })}>
            {ids.map((id) => (
              <option key={id} value={id}>
                {page.unitName(page.store.unitAt.get(id)!)}
              </option>
            ))}
          </select>
        </label>
      )}
      {period(say("move.from"), since, (one) => page.put({ since: one }))}
      {period(say("move.to"), page.period, (one) => page.put({ period: one, since: model.periods[since] }))}
    </p>
  );
}

interface StepsProps {
  readonly move: Move;
  readonly gap: DividedGap;
  readonly names: readonly string[];
}

function Steps({ move, gap, names }: StepsProps) {
  const page = usePage();
  const [level, setLevel] = useState<Level>("indicator");
  const hasLevels = hasDimensions(page, gap.lines);
  const { scores } = page.table;
  if (gap.lines.every((node) => gap.parts[node] === 0)) return <p>{page.say("move.unchanged")}</p>;
  return (
    <>
      {hasLevels && <ByLevel level={level} choose={setLevel} />}
      <Waterfall
        from={{ name: names[0], value: scores[move.from] }}
        to={{ name: names[1], value: scores[move.to] }}
        steps={stepsOf(page, gap, hasLevels ? level : "indicator", [move.to, move.from])}
        caption={page.say("move.caption")}
      />
      <UndividedNodes gap={gap} />
      <p class="quiet">{page.say("move.note")}</p>
    </>
  );
}

function sentences(page: Page, unit: number, move: Move, gap: DividedGap | null, periods: readonly [number, number]): ComponentChildren[] {
  return [headline(page, unit, move, periods), ...partSentences(page, move, gap), ...passingSentences(page, unit, move)];
}

/** From which rank to which, and the change of the score. */
function headline(page: Page, unit: number, move: Move, [from, to]: readonly [number, number]): ComponentChildren {
  const { table, speaker, model } = page;
  const [before, now] = [table.ranks[move.from], table.ranks[move.to]];
  const change = table.scores[move.to] - table.scores[move.from];
  const slots = {
    unit: <bdi>{page.unitName(unit)}</bdi>,
    from: model.periods[from],
    to: model.periods[to],
    before: page.rank(move.from),
    now: page.rank(move.to),
    was: speaker.number(table.scores[move.from], page.decimals),
    is: speaker.number(table.scores[move.to], page.decimals),
    change: speaker.signed(change, page.decimals),
  };
  if (Number.isNaN(before) || Number.isNaN(now)) return page.tell("move.score", slots);
  return page.tell(now === before ? "move.stayed" : page.byRank(now < before ? "move.rose" : "move.fell"), slots);
}

/** The parts that raised the score most, and those that lowered it most. */
function partSentences(page: Page, { from, to }: Move, gap: DividedGap | null): ComponentChildren[] {
  if (!gap) return [];
  const least = 0.5 * 10 ** -page.finer;
  const { measured, lacking } = linesByValue(gap, [to, from], (node, row) => page.isMeasured(node, row));
  const apart = [...new Set(lacking.flat())].filter((node) => Math.abs(gap.parts[node]) >= least);
  const named = apart.map((node) => <bdi key={node}>{page.nodeShort(node)}</bdi>);
  const sentences = ([1, -1] as const).flatMap((sign) => {
    const nodes = measured
      .filter((node) => sign * gap.parts[node] >= least)
      .sort((a, b) => Math.abs(gap.parts[b]) - Math.abs(gap.parts[a]))
      .slice(0, MOST_PARTS);
    if (!nodes.length) return [];
    const parts = nodes.map((node) =>
      page.tell("compare.part", { part: <bdi>{page.nodeShort(node)}</bdi>, points: page.speaker.signed(gap.parts[node], page.finer) }),
    );
    return [page.tell(sign > 0 ? "move.raised" : "move.lowered", { parts: page.speaker.list(parts) })];
  });
  return named.length ? [...sentences, page.tell("move.lacking", { parts: page.speaker.list(named) })] : sentences;
}

function passingSentences(page: Page, unit: number, move: Move): ComponentChildren[] {
  const name = <bdi>{page.unitName(unit)}</bdi>;
  const lists = [
    ["move.passed", move.passed],
    ["move.passed_by", move.passedBy],
    ["move.entered", move.entered],
    ["move.left", move.left],
  ] as const;
  return lists.flatMap(([key, units]) => (units.length ? [page.tell(page.byRank(key), { unit: name, count: units.length, units: named(page, units) })] : []));
}

/** A list of units; of many, the first and the number of the others. */
function named(page: Page, units: readonly number[]): ComponentChildren[] {
  const shown = units.length > MOST_NAMED + 1 ? units.slice(0, MOST_NAMED) : units;
  const items: ComponentChildren[] = shown.map((unit) => <UnitLink key={unit} unit={unit} />);
  if (shown.length < units.length) items.push(page.say("move.others", { count: units.length - shown.length }));
  return page.speaker.list(items);
}
