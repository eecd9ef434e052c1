import { useMemo } from "preact/hooks";
import type { Leaf } from "../model";
import { usePage } from "../page";
import { Headline } from "../parts/Headline";
import { RankTable } from "../parts/RankTable";
import { Strip } from "../parts/Strip";
import { Tools } from "../parts/Tools";
import { WhatIf } from "../parts/WhatIf";
import { WorldMap } from "../parts/WorldMap";
import { rankingRows } from "../ranking";
import { viewOf } from "../written";

/** The findings in a sentence, all scores, the map, the ranking, and other weights beside it. */
export function Results() {
  const page = usePage();
  const { state, table, period, language, model } = page;
  const rows = useMemo(() => rankingRows(page), [table, period, language, state.search, state.group, state.sort]);
  return (
    <article class="results">
      <div class="two">
        <div>
          <h2 class="hidden">{page.say("nav.results")}</h2>
          <Headline />
          <Notes />
          <Show />
          {model.map && <Strip node={page.shown} />}
        </div>
        {model.map ? <WorldMap node={page.shown} shapes={model.map} /> : <Strip node={page.shown} />}
      </div>
      <div class={state.panel ? "with-panel" : ""}>
        <section class="ranking">
          <Tools rows={rows} />
          <RankTable rows={rows} />
        </section>
        {state.panel && <WhatIf />}
      </div>
    </article>
  );
}

/** What readers should know: the note of the index, figures that are made up, and where the other notes stand. */
function Notes() {
  const { model, store, speaker, tell, say, nodeShort } = usePage();
  const simulated = store.leaves.filter((leaf) => (model.tree[leaf] as Leaf).simulated);
  const names = speaker.list(simulated.map((leaf) => <bdi key={leaf}>{nodeShort(leaf)}</bdi>));
  return (
    <>
      {model.note && <p class="note">{speaker.text(model.note)}</p>}
      {simulated.length > 0 && <p class="note">{tell("results.simulated", { names })}</p>}
      {viewOf("m-notes") && (
        <p class="small">
          <a href="#m-notes">{say("results.notes")}</a>
        </p>
      )}
    </>
  );
}

/** The part of the index that the strip, the map and a column show. */
function Show() {
  const page = usePage();
  const { tree } = page.model;
  return (
    <p class="show">
      <label>
        {page.say("results.show")}{" "}
        <select
          value={tree[page.shown].id}
          onChange={(event) => page.put({ show: event.currentTarget.value === tree[0].id ? "" : event.currentTarget.value })}
        >
          {tree.map((node, at) => (
            <option key={node.id} value={node.id}>
              {"\u2003".repeat(page.store.depth[at])}
              {page.nodeTitle(at)}
            </option>
          ))}
        </select>
      </label>
    </p>
  );
}
