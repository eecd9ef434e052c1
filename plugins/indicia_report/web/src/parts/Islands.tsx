/** Figures in the place of tables that sections of plugins name: `<figure data-island="strip" data-specification="…">`. */
import { type ComponentChildren, render } from "preact";
import { useEffect } from "preact/hooks";
import { type Page, PageContext, usePage } from "../page";
import { medianGap } from "../views/Unit";
import { islandsOf } from "../written";
import { FromMedian } from "./FromMedian";
import { Lines } from "./Lines";
import { Strip } from "./Strip";
import { WorldMap } from "./WorldMap";

interface Island {
  readonly kind: string;
  readonly node: number;
  readonly units: readonly number[];
}

const mounted = new Map<Element, { readonly island: Island; readonly place: Element; readonly summary: Element }>();

/** Draw the islands that stand in what Python wrote, and again whenever the page changes. */
export function useIslands(page: Page): void {
  useEffect(() => {
    for (const figure of islandsOf(page.state.view)) {
      if (!mounted.has(figure)) mount(page, figure);
      const own = mounted.get(figure);
      if (own) draw(page, own.island, own.place, own.summary);
    }
  }, [page]);
}

/** Put a place for the figure before its table, which remains behind a button. */
function mount({ model, store }: Page, figure: Element): void {
  const island = readIsland(figure, (id) => model.tree.findIndex((node) => node.id === id), store.unitAt);
  if (!island || (island.kind === "map" && !model.map)) return;
  const [place, details, summary] = ["div", "details", "summary"].map((name) => document.createElement(name));
  details.append(summary, ...figure.childNodes);
  figure.append(place, details);
  mounted.set(figure, { island, place, summary });
}

function draw(page: Page, island: Island, place: Element, summary: Element): void {
  summary.textContent = page.say("app.as_table");
  try {
    render(
      <PageContext.Provider value={page}>
        <Drawing {...island} />
      </PageContext.Provider>,
      place,
    );
  } catch (error) {
    console.error(error);
  }
  // the table is open where there is no figure
  if (!place.firstChild) summary.parentElement?.setAttribute("open", "");
}

function Drawing({ kind, node, units }: Island): ComponentChildren {
  const page = usePage();
  const { model, table, store, period } = page;
  if (kind === "strip") return <Strip node={node} />;
  if (kind === "map" && model.map) return <WorldMap node={node} shapes={model.map} />;
  const rows = units.map((unit) => store.row(unit, period));
  if (kind === "lines" && model.periods.length > 1) {
    const scores = table.run.scores[node];
    const lines = units.map((unit) => ({ unit, values: model.periods.map((_, at) => scores[store.row(unit, at)] ?? NaN) }));
    return <Lines title={page.nodeName(node)} label={page.say("time.scores_label", namesOf(page, units.length))} lines={lines} />;
  }
  const gap = kind === "waterfall" && rows[0] >= 0 ? medianGap(page, rows[0]) : null;
  return gap && <FromMedian row={rows[0]} gap={gap} />;
}

const namesOf = ({ model }: Page, count: number) => ({ count, first: model.periods[0], last: model.periods[model.periods.length - 1] });

function readIsland(figure: Element, nodeAt: (id: unknown) => number, unitAt: ReadonlyMap<string, number>): Island | null {
  try {
    const { node, unit, other, units = [unit] } = JSON.parse(figure.getAttribute("data-specification") ?? "{}");
    if (other !== undefined) return null; // the gap of two units stands in the view that compares them
    const found = units.flatMap((id: string) => unitAt.get(id) ?? []);
    return { kind: figure.getAttribute("data-island") ?? "", node: Math.max(0, nodeAt(node)), units: found };
  } catch {
    return null;
  }
}
