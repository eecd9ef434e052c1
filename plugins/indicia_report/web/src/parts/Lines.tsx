import type { ComponentChildren } from "preact";
import { PIN_COLOURS } from "../colours";
import { usePage } from "../page";
import { scale, tickDecimals, ticks } from "../scale";
import { useWidth } from "./useWidth";

export interface LineOfUnit {
  readonly unit: number;
  /** A value for each period; NaN is none. */
  readonly values: readonly number[];
}

interface Props {
  readonly title: string;
  /** A sentence for readers who do not see the figure. */
  readonly label: string;
  readonly lines: readonly LineOfUnit[];
  /** True for ranks: the first is on top, and ticks are whole numbers. */
  readonly isRank?: boolean;
}

const LEFT = 46;
const TOP = 14;
const BOTTOM = 28;
/** The width of a label of a period, and the least distance between two names. */
const PERIOD_WIDTH = 56;
const NAME_HEIGHT = 17;

/** A line for each unit over all periods, with its name at the end; the table below has the numbers. */
export function Lines({ title, label, lines, isRank }: Props) {
  const page = usePage();
  const { periods } = page.model;
  const { ref, width } = useWidth<HTMLElement>(560, 1400);
  const height = Math.min(340, Math.max(220, width * 0.45));
  const longest = Math.max(...lines.map(({ unit }) => widthOf(page.unitName(unit))));
  const right = Math.min(190, width * 0.3, longest + 30);
  const known = lines.flatMap(({ values }) => values.filter((value) => value === value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = scale(0, periods.length - 1, LEFT, width - right);
  const y = isRank ? scale(low, high, TOP, height - BOTTOM) : scale(low, high, height - BOTTOM, TOP);
  const marks = isRank ? rankTicks(low, high) : ticks(low, high);
  const every = Math.max(1, Math.ceil(periods.length / Math.max(1, Math.floor((width - right - LEFT) / PERIOD_WIDTH))));
  const last = periods.length - 1;
  if (!known.length) return null;
  return (
    <figure class="lines" ref={ref}>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {marks.map((value) => (
          <g key={value}>
            <path d={`M${LEFT} ${y(value)}H${width - right}`} class="grid" />
            <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
              {page.speaker.number(value, tickDecimals(marks))}
            </text>
          </g>
        ))}
        {periods.map(
          (period, at) =>
            ((last - at) % every === 0 || last < 1) && (
              <text key={period} x={x(at)} y={height - 6} text-anchor="middle">
                {period}
              </text>
            ),
        )}
        <path d={`M${x(page.period)} ${TOP}V${height - BOTTOM}`} class="median" />
        {lines.map(({ unit, values }, place) => (
          <Line key={unit} values={values} x={x} y={y} colour={PIN_COLOURS[place]} isDotted={periods.length <= 12} />
        ))}
        {endsOf(lines, y, height).map(({ line, place, at }) => (
          <g key={line.unit}>
            <circle cx={width - right + 12} cy={at} r="5" fill={PIN_COLOURS[place]} />
            <text x={width - right + 22} y={at + 4} class="name">
              {shorten(page.unitName(line.unit), right)}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

interface LineProps {
  readonly values: readonly number[];
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  readonly colour: string;
  readonly isDotted: boolean;
}

function Line({ values, x, y, colour, isDotted }: LineProps): ComponentChildren {
  const has = (at: number): boolean => values[at] === values[at];
  const path = values.map((value, at) => (has(at) ? `${at && has(at - 1) ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}` : "")).join("");
  // a value without neighbours has no line, and a dot in any case
  const dots = values.map((value, at) =>
    has(at) && (isDotted || !(has(at - 1) || has(at + 1))) ? `M${x(at).toFixed(1)} ${y(value).toFixed(1)}h0` : "",
  );
  return (
    <g fill="none" stroke={colour} stroke-linecap="round" stroke-linejoin="round">
      <path d={path} stroke-width="2.5" />
      <path d={dots.join("")} stroke-width="7" />
    </g>
  );
}

/** The places of names at the ends of lines, moved apart where they would lie on each other. */
function endsOf(lines: readonly LineOfUnit[], y: (value: number) => number, height: number): { line: LineOfUnit; place: number; at: number }[] {
  const ends = lines
    .map((line, place) => ({ line, place, at: y([...line.values].reverse().find((value) => value === value) ?? NaN) }))
    .filter(({ at }) => at === at)
    .sort((a, b) => a.at - b.at);
  for (const [k, end] of ends.entries()) if (k) end.at = Math.max(end.at, ends[k - 1].at + NAME_HEIGHT);
  let lowest = height - 6;
  for (const end of [...ends].reverse()) {
    end.at = Math.min(end.at, lowest);
    lowest = end.at - NAME_HEIGHT;
  }
  return ends;
}

/** Round ranks, and the best one unless it lies close to one of them. */
function rankTicks(low: number, high: number): number[] {
  const round = ticks(low, high).filter(Number.isInteger);
  return round.some((rank) => rank - low < (high - low) / 12) ? round : [low, ...round];
}

/** The width of a name in bold type of 13 pixels, roughly; Chinese characters are square. */
const widthOf = (name: string): number => [...name].reduce((width, character) => width + (character > "\u2e80" ? 13.5 : 7.8), 0);

/** A name that fits beside the lines; the table has it whole. */
function shorten(name: string, room: number): string {
  let short = name;
  while (short.length > 6 && widthOf(short) > room - 22) short = `${short.replace(/…$/, "").slice(0, -1).trimEnd()}…`;
  return short;
}
