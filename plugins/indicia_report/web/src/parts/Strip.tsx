import { useMemo, useState } from "preact/hooks";
import { PIN_COLOURS } from "../colours";
import { type Page, usePage } from "../page";
import { scale, tickDecimals, ticks } from "../scale";
import { useWidth } from "./useWidth";

const DOT = 8;
const EDGE = 8;
const BELOW = 28;
const MOST_DOTS = 400;
const BINS = 80;

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly row: number;
}

/** All scores on one axis: a dot for each unit, or a histogram where there are many; its numbers stand in the table. */
export function Strip({ node }: { readonly node: number }) {
  const page = usePage();
  const { ref, width } = useWidth<HTMLElement>(620, 1360);
  const height = width > 760 ? 112 : 180;
  const { low, high, median, values } = page.store.extent(page.table.run, node, page.period);
  const { path, marks, isHistogram } = useMemo(() => draw(page, node, width, height - BELOW), [page.table, page.period, node, width]);
  const [hovered, setHovered] = useState(-1);
  const x = scale(low, high, EDGE, width - EDGE);
  const axis = height - BELOW;
  const decimals = page.store.decimals(node, page.period);
  const number = (value: number): string => page.speaker.number(value, decimals);
  const mark = (row: number): Mark | undefined => marks.find((one) => one.row === row);
  const find = (event: PointerEvent | MouseEvent): number => nearest(event, marks, width, height, isHistogram);
  const over = mark(hovered);
  const places = ticks(low, high, Math.max(2, Math.floor(width / 110)));
  if (!values.length) return null;
  return (
    <figure class="strip" ref={ref}>
      <figcaption>
        {node ? page.nodeName(node) : page.say("strip.title")}
        <span>{over ? page.unitAndScore(over.row, node) : page.say(isHistogram ? "strip.many" : "strip.hint")}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={page.say("strip.label", { name: page.nodeTitle(node), low: number(low), high: number(high), median: number(median) })}
        onPointerMove={(event) => setHovered(find(event))}
        onPointerLeave={() => setHovered(-1)}
        onClick={(event) => page.open(find(event))}
      >
        <path d={path} class={isHistogram ? "bins" : "dots"} />
        <path d={`M${EDGE} ${axis}H${width - EDGE}`} class="axis" />
        {places.map((value) => (
          <g key={value}>
            <path d={`M${x(value)} ${axis}v5`} class="axis" />
            <text x={x(value)} y={axis + 20} text-anchor="middle">
              {page.speaker.number(value, tickDecimals(places))}
            </text>
          </g>
        ))}
        <path d={`M${x(median)} ${axis}V18`} class="median" />
        <text x={x(median)} y="12" text-anchor={x(median) < width / 2 ? "start" : "end"}>
          {page.say("strip.median", { score: number(median) })}
        </text>
        {page.pinnedRows().map(([row, place]) => {
          const own = mark(row);
          return own && <circle key={row} cx={own.x} cy={isHistogram ? axis : own.y} r="7" fill={PIN_COLOURS[place]} class="mark" />;
        })}
        {over && <circle cx={over.x} cy={isHistogram ? axis : over.y} r="7" class="hover" />}
      </svg>
    </figure>
  );
}

function draw(page: Page, node: number, width: number, axis: number): { path: string; marks: Mark[]; isHistogram: boolean } {
  const scores = page.table.run.scores[node];
  const { low, high } = page.store.extent(page.table.run, node, page.period);
  const rows = [...page.rows].filter((row) => scores[row] === scores[row]);
  if (!node) rows.sort((a, b) => scores[a] - scores[b]);
  const x = scale(low, high, EDGE, width - EDGE);
  if (rows.length > MOST_DOTS) {
    const marks = rows.map((row) => ({ x: x(scores[row]), y: axis / 2, row }));
    return { path: histogram(marks, width, axis), marks, isHistogram: true };
  }
  // dots stand in columns; all of them are one path with round ends, so that they are one element
  const column = (row: number): number => Math.round(x(scores[row]) / DOT);
  const count = new Map<number, number>();
  for (const row of rows) count.set(column(row), (count.get(column(row)) ?? 0) + 1);
  const step = Math.min(DOT, (axis - 30) / Math.max(1, ...count.values()));
  const height = new Map<number, number>();
  const marks = rows.map((row) => {
    const below = height.get(column(row)) ?? 0;
    height.set(column(row), below + 1);
    return { x: column(row) * DOT, y: axis - 5 - below * step, row };
  });
  return { path: marks.map(({ x: at, y }) => `M${at} ${y.toFixed(1)}h0`).join(""), marks, isHistogram: false };
}

function histogram(marks: readonly Mark[], width: number, axis: number): string {
  const counts = new Float64Array(BINS);
  const bin = (width - 2 * EDGE) / BINS;
  for (const { x } of marks) counts[Math.min(BINS - 1, Math.floor((x - EDGE) / bin))]++;
  const most = Math.max(...counts);
  const steps = Array.from(counts, (count) => `V${(axis - ((axis - 20) * count) / most).toFixed(1)}h${bin.toFixed(2)}`);
  return `M${EDGE} ${axis}${steps.join("")}V${axis}Z`;
}

function nearest(event: MouseEvent, marks: readonly Mark[], width: number, height: number, alongAxis: boolean): number {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * width;
  const y = ((event.clientY - box.top) / box.height) * height;
  let best = -1;
  let least = Infinity;
  for (const mark of marks) {
    const distance = (mark.x - x) ** 2 + (alongAxis ? 0 : (mark.y - y) ** 2);
    if (distance < least) [best, least] = [mark.row, distance];
  }
  return best;
}
