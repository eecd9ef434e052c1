import { PUBLISHED } from "../engine";
import type { Dimension } from "../model";
import { type Page, usePage } from "../page";
import { movedRows } from "../ranking";
import { equalWeights, shownWeights, sliderScale } from "../weights";
import { Command } from "./Command";
import { MeanChoice } from "./MeanChoice";

/** Other weights and means at every level of the index, and what they change. */
export function WhatIf() {
  const page = usePage();
  const { say, store, table } = page;
  return (
    <aside class="what-if" aria-labelledby="what-if">
      <h2 id="what-if">{say("whatif.title")}</h2>
      <p class="moved" role="status">
        {moved(page)}
      </p>
      {store.engine.isAdjustable(0) && <Presets />}
      <Level node={0} />
      {table.changed && <Command />}
    </aside>
  );
}

function Presets() {
  const { state, put, say, model, store } = usePage();
  return (
    <p class="presets">
      <button type="button" onClick={() => put({ setting: PUBLISHED })}>
        {say("whatif.published")}
      </button>{" "}
      <button type="button" onClick={() => put({ setting: { ...state.setting, weights: equalWeights(model, store.engine) } })}>
        {say("whatif.equal")}
      </button>
    </p>
  );
}

function moved(page: Page): string {
  const count = movedRows(page).length;
  const [first] = page.leaders;
  if (!count || first === undefined) return page.say("whatif.unmoved");
  return page.say("whatif.moved", { count, all: page.rows.length, first: page.unitName(page.unitOf(first)) });
}

/** The sliders of the parts of a node, its mean, and the levels below. */
function Level({ node }: { readonly node: number }) {
  const page = usePage();
  const { model, state, put, store } = page;
  const { kids, w } = model.tree[node] as Dimension;
  const below = kids.filter((kid) => isDivided(page, kid));
  if (!store.engine.isAdjustable(node)) {
    return (
      <div class="level">
        <p class="quiet">{page.say("whatif.fixed", { reason: reason(page, node) })}</p>
      </div>
    );
  }
  const weights = shownWeights(state.setting.weights.get(node) ?? w, w);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const change = (at: number, weight: number): void => {
    const next = weights.map((old, place) => (place === at ? weight : old));
    if (!next.some((one) => one > 0)) return;
    put({ setting: { ...state.setting, weights: new Map(state.setting.weights).set(node, next) } });
  };
  return (
    <div class="level">
      <MeanChoice node={node} />
      {kids.length > 1 &&
        kids.map((kid, at) => {
          const id = `weight-${node}-${at}`;
          const share = page.speaker.share(weights[at] / sum);
          return (
            <div key={kid} class="slider">
              <label for={id}>{page.nodeShort(kid)}</label>
              <output for={id}>{share}</output>
              <input
                id={id}
                type="range"
                min="0"
                max="200"
                step="1"
                value={Math.round((200 * weights[at]) / sliderScale(w))}
                aria-valuetext={share}
                onInput={(event) => change(at, (Number(event.currentTarget.value) / 200) * sliderScale(w))}
              />
            </div>
          );
        })}
      {below.map((kid) => (
        <details key={kid}>
          <summary>{page.nodeShort(kid)}</summary>
          <Level node={kid} />
        </details>
      ))}
    </div>
  );
}

/** True if a node, or one below it, has several parts: the weight and the mean of one part alone change nothing. */
const isDivided = (page: Page, node: number): boolean =>
  page.kids(node).length > 1 || page.kids(node).some((kid) => isDivided(page, kid));

function reason(page: Page, node: number): string {
  const why = page.store.why(node);
  if (why !== null && typeof why !== "string") return page.speaker.text(why);
  const key = `why.${why ?? "other"}`;
  return page.say(page.speaker.has(key) ? key : "why.other");
}
