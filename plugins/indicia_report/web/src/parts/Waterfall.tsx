import type { ComponentChildren } from "preact";
import { usePage } from "../page";
import { scale } from "../scale";

export interface WaterfallStep {
  readonly key: string;
  readonly name: ComponentChildren;
  readonly part: number;
}

interface Props {
  readonly from: { readonly name: ComponentChildren; readonly value: number };
  readonly to: { readonly name: ComponentChildren; readonly value: number };
  /** Parts that, with the rounding, lead from the first value to the last. */
  readonly steps: readonly WaterfallStep[];
  readonly caption: string;
}

/** More steps than this are drawn as one. */
const MOST_STEPS = 12;

/** The way from one score to another, one step for each part; a table whose last column draws the steps. */
export function Waterfall({ from, to, steps, caption }: Props) {
  const page = usePage();
  const { say, speaker, decimals, finer } = page;
  const shown = listed(steps, from.value, to.value, 0.5 * 10 ** -finer, (count) => say("waterfall.others", { count }), say("waterfall.rounding"));
  let reached = from.value;
  const bars = shown.map(({ part }) => {
    const start = reached;
    reached += part;
    return [start, reached] as const;
  });
  const ends = [from.value, to.value, ...bars.flat()];
  const x = scale(Math.min(...ends), Math.max(...ends), 0, 100);
  const end = (row: Props["from"]) => (
    <tr class="end">
      <th scope="row">{row.name}</th>
      <td class="number">{speaker.number(row.value, decimals)}</td>
      <td>
        <span class="tick" style={{ left: `${x(row.value)}%` }} />
      </td>
    </tr>
  );
  return (
    <table class="waterfall">
      <caption class="hidden">{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{say("waterfall.part")}</th>
          <th scope="col">{say("waterfall.points")}</th>
          <th scope="col">{say("waterfall.drawn")}</th>
        </tr>
      </thead>
      <tbody>
        {end(from)}
        {shown.map(({ key, name, part }, at) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td class="number">{speaker.signed(part, finer)}</td>
            <td>
              <span class={page.partStyle(part)} style={bar(x(bars[at][0]), x(bars[at][1]))} />
            </td>
          </tr>
        ))}
        {end(to)}
      </tbody>
    </table>
  );
}

const THINNEST = 0.4;

const bar = (start: number, end: number): { left: string; width: string } => ({
  left: `${Math.min(start, end)}%`,
  width: `${Math.max(THINNEST, Math.abs(end - start))}%`,
});

/** The largest steps, the others as one, and what the rounding of scores leaves. */
function listed(
  steps: readonly WaterfallStep[],
  from: number,
  to: number,
  least: number,
  others: (count: number) => string,
  rounding: string,
): WaterfallStep[] {
  const sorted = steps.filter(({ part }) => part !== 0).sort((a, b) => Math.abs(b.part) - Math.abs(a.part));
  const rest = sorted.length > MOST_STEPS + 1 ? sorted.splice(MOST_STEPS) : [];
  if (rest.length) sorted.push({ key: "\0others", name: others(rest.length), part: rest.reduce((sum, { part }) => sum + part, 0) });
  const left = to - from - steps.reduce((sum, { part }) => sum + part, 0);
  if (Math.abs(left) >= least) sorted.push({ key: "\0rounding", name: rounding, part: left });
  return sorted;
}
