import { useMemo, useState } from "preact/hooks";
import { CLASSES, PIN_COLOURS } from "../colours";
import { type Page, usePage } from "../page";
import type { WorldMap as Shapes } from "../model";
import { upperBound } from "../ranks";

/** A map of the scores in classes of equal size. */
export function WorldMap({ node, shapes }: { readonly node: number; readonly shapes: Shapes }) {
  const page = usePage();
  const [hovered, setHovered] = useState("");
  const { cuts, classOf } = useMemo(() => classes(page, node), [page.table, page.period, node]);
  const unit = page.store.unitAt.get(hovered);
  const row = unit === undefined ? -1 : page.store.row(unit, page.period);
  const id = (event: Event): string => (event.target as SVGElement).dataset?.id ?? "";
  const outline = (key: string): Record<string, string | number> => {
    const place = page.state.pins.indexOf(key);
    return place < 0 ? {} : { stroke: PIN_COLOURS[place], "stroke-width": 2.5 };
  };
  const name = unit === undefined ? "" : page.unitName(unit);
  return (
    <figure class={page.isLowBest(node) ? "map harm" : "map"}>
      <figcaption>
        {shapes.name ? page.speaker.text(shapes.name) : page.say("map.title")}
        <span>
          {unit === undefined
            ? page.say("map.hint", { count: CLASSES })
            : row < 0
              ? page.say("map.none", { unit: name })
              : page.unitAndScore(row, node)}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${shapes.w} ${shapes.h}`}
        role="img"
        aria-label={page.say("map.label", { name: page.nodeTitle(node) })}
        onPointerOver={(event) => setHovered(id(event))}
        onPointerLeave={() => setHovered("")}
        onClick={(event) => page.openUnit(id(event))}
      >
        <defs>
          <pattern id="no-value" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" class="no-value" />
            <path d="M0 0V5" class="hatch" />
          </pattern>
        </defs>
        {shapes.others && <path d={shapes.others} class="others" />}
        {Object.entries(shapes.shapes).map(([key, path]) => (
          <path key={key} data-id={key} d={path} class={classOf(key)} {...outline(key)} />
        ))}
        {Object.entries(shapes.dots).map(([key, [x, y]]) => (
          <circle key={key} data-id={key} cx={x} cy={y} r="3.4" class={classOf(key)} {...outline(key)} />
        ))}
      </svg>
      <Legend node={node} cuts={cuts} />
      {(shapes.notes ?? []).map((note, at) => (
        <p key={at} class="quiet small">
          {page.speaker.text(note)}
        </p>
      ))}
      {shapes.source && <p class="quiet small">{page.tell("map.source", { source: page.speaker.text(shapes.source) })}</p>}
    </figure>
  );
}

function Legend({ node, cuts }: { readonly node: number; readonly cuts: readonly number[] }) {
  const page = usePage();
  const decimals = Math.min(2, page.store.decimals(node, page.period));
  const number = (cut: number): string => page.speaker.number(cut, decimals);
  return (
    <p class="legend">
      <span>
        <i class="class0" />
        {page.say("map.below", { score: number(cuts[0]) })}
      </span>
      {cuts.map((cut, at) => (
        <span key={at}>
          <i class={`class${at + 1}`} />
          {page.say("map.from", { score: number(cut) })}
        </span>
      ))}
      <span>
        <i class="no-value" />
        {page.say("map.no_value")}
      </span>
    </p>
  );
}

function classes(page: Page, node: number): { cuts: number[]; classOf: (id: string) => string } {
  const scores = page.table.run.scores[node];
  const { values } = page.store.extent(page.table.run, node, page.period);
  const cuts = Array.from({ length: CLASSES - 1 }, (_, at) => values[Math.floor(((at + 1) * values.length) / CLASSES)]);
  const classOf = (id: string): string => {
    const unit = page.store.unitAt.get(id);
    const row = unit === undefined ? -1 : page.store.row(unit, page.period);
    const score = row < 0 ? NaN : scores[row];
    if (score !== score) return "unknown";
    return `class${upperBound(cuts, score)}`;
  };
  return { cuts, classOf };
}
