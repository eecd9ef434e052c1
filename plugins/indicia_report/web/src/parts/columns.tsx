/** The columns of the ranking table: on the screen and on paper. */
import type { ComponentChildren } from "preact";
import type { Bands } from "../model";
import type { Page } from "../page";
import { bandsOfIndex, placesGained } from "../ranking";
import { Band } from "./Band";
import { PinButton } from "./Pins";
import { Trend } from "./Trend";
import { UnitLink } from "./UnitLink";

export interface TableColumn {
  readonly key: string;
  readonly heading: string;
  /** The column as it stands in the address; null if it cannot be sorted. */
  readonly sort: string | null;
  readonly style: string;
  readonly isHeading?: boolean;
  readonly cell: (row: number) => ComponentChildren;
}

/** More parts than this are drawn as one small figure instead of a column each. */
const MOST_PART_COLUMNS = 7;

export function rankingColumns(page: Page, isOnPaper = false): TableColumn[] {
  const { model, table, say, shown } = page;
  const parts = page.kids(0);
  const own = parts.length > 1 && parts.length <= MOST_PART_COLUMNS ? [...parts] : [];
  if (shown && !own.includes(shown)) own.unshift(shown);
  const columns: TableColumn[] = [
    { key: "rank", heading: say("table.rank"), sort: "rank", style: "number", cell: (row) => page.rank(row) },
    ...(table.changed ? [changeColumn(page)] : []),
    nameColumn(page, isOnPaper),
    ...groupColumn(page),
    { ...nodeColumn(page, 0), style: "number score" },
    ...(model.trends?.[0] && !table.changed ? [trendColumn(page)] : []),
    ...(table.changed ? [] : bandsOfIndex(model).map((bands) => bandColumn(page, bands))),
    ...intervalColumn(page),
    ...own.map((node) => nodeColumn(page, node)),
  ];
  if (parts.length > MOST_PART_COLUMNS) columns.push(profileColumn(page, parts));
  return columns;
}

function changeColumn(page: Page): TableColumn {
  const { say } = page;
  const cell = (row: number): ComponentChildren => {
    const gained = placesGained(page, row);
    if (!gained || gained !== gained) return gained === 0 ? "" : "–";
    const places = page.speaker.number(Math.abs(gained), Number.isInteger(gained) ? 0 : 1);
    return (
      <span class={gained > 0 !== page.startsWithWorst ? "up" : "down"}>
        <span aria-hidden="true">{gained > 0 ? "▲" : "▼"}</span> {places}
        <span class="hidden">{say(gained > 0 ? "table.up" : "table.down")}</span>
      </span>
    );
  };
  return { key: "change", heading: say("table.change"), sort: "change", style: "number", cell };
}

function nameColumn(page: Page, isOnPaper: boolean): TableColumn {
  const heading = page.speaker.text(page.model.noun) || page.say("table.unit");
  const cell = (row: number): ComponentChildren => {
    const unit = page.unitOf(row);
    if (isOnPaper) return <bdi>{page.unitName(unit)}</bdi>;
    return [<PinButton key="pin" unit={unit} />, <UnitLink key="name" unit={unit} />];
  };
  return { key: "name", heading, sort: "name", style: "name", isHeading: true, cell };
}

function groupColumn(page: Page): TableColumn[] {
  const [group] = page.model.groups;
  if (!group) return [];
  const cell = (row: number): ComponentChildren => {
    const label = group.of[page.unitOf(row)];
    return label < 0 ? "" : <bdi>{page.speaker.text(group.labels[label])}</bdi>;
  };
  return [{ key: "group", heading: page.speaker.text(group.name), sort: "group", style: "quiet group", cell }];
}

function nodeColumn(page: Page, node: number): TableColumn {
  const { low, high } = page.store.extent(page.table.run, node, page.period);
  const scores = page.table.run.scores[node];
  const cell = (row: number): ComponentChildren => {
    if (scores[row] !== scores[row]) return <span title={page.say("table.missing")}>–</span>;
    const width = high > low ? Math.max(2, (100 * (scores[row] - low)) / (high - low)) : 100;
    return [<span key="bar" class={page.isLowBest(node) ? "fill harm" : "fill"} style={{ width: `${width}%` }} />, page.score(node, row)];
  };
  return { key: `.${node}`, heading: page.nodeTitle(node), sort: `.${page.model.tree[node].id}`, style: "number part", cell };
}

function intervalColumn(page: Page): TableColumn[] {
  const { robust } = page.model;
  if (!page.isRobust || !robust) return [];
  const cell = (row: number): ComponentChildren => {
    const unit = page.unitOf(row);
    const [lower, upper] = [robust.lower[unit], robust.upper[unit]];
    if (lower === null || upper === null) return "–";
    const number = (rank: number): string => page.speaker.number(rank, Number.isInteger(rank) ? 0 : 1);
    return lower === upper ? number(lower) : page.say("table.range", { low: number(lower), high: number(upper) });
  };
  const heading = page.say("table.interval", { level: page.speaker.percent(robust.level) });
  return [{ key: "interval", heading, sort: "interval", style: "number quiet interval", cell }];
}

function trendColumn(page: Page): TableColumn {
  return { key: "trend", heading: page.say("table.trend"), sort: null, style: "", cell: (row) => <Trend node={0} row={row} /> };
}

function bandColumn(page: Page, bands: Bands): TableColumn {
  const cell = (row: number): ComponentChildren => <Band bands={bands} row={row} />;
  return { key: `band ${bands.id}`, heading: page.speaker.text(bands.name), sort: `band.${bands.id}`, style: "", cell };
}

/** Many parts as bars, from the lowest to the highest score of each. */
function profileColumn(page: Page, parts: readonly number[]): TableColumn {
  const { table, store, period } = page;
  const extents = parts.map((node) => store.extent(table.run, node, period));
  const cell = (row: number): ComponentChildren => {
    const bar = (node: number, at: number): string => {
      const score = table.run.scores[node][row];
      const { low, high } = extents[at];
      return score === score ? `M${at * 10} 18v${(-18 * Math.max(0.04, (score - low) / (high - low || 1))).toFixed(1)}h9V18Z` : "";
    };
    const bars = (isHarm: boolean): string => parts.map((node, at) => (page.isLowBest(node) === isHarm ? bar(node, at) : "")).join("");
    return (
      <svg class="profile" width={parts.length * 10} height="18" aria-hidden="true">
        <path d={bars(false)} />
        <path d={bars(true)} class="harm" />
      </svg>
    );
  };
  return { key: "profile", heading: page.say("table.profile", { count: parts.length }), sort: null, style: "", cell };
}
