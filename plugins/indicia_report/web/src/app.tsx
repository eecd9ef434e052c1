import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { anchor, useAddress } from "./address";
import { Page, PageContext } from "./page";
import { Bar, VIEW_TITLES } from "./parts/Bar";
import { Fallback } from "./parts/Fallback";
import { useIslands } from "./parts/Islands";
import { Pins } from "./parts/Pins";
import { Refused } from "./parts/Refused";
import { usePrintedTable } from "./parts/PrintedTable";
import type { Messages } from "./say";
import type { Store } from "./store";
import { Compare } from "./views/Compare";
import { Results } from "./views/Results";
import { Time } from "./views/Time";
import { Unit } from "./views/Unit";
import { showWritten } from "./written";

interface Props {
  readonly store: Store;
  readonly messages: Messages;
  readonly language: string;
}

export function App({ store, messages, language: first }: Props) {
  const { state, put, views } = useAddress(store.model);
  const language = state.language || first;
  const page = useMemo(() => new Page(store, state, put, messages, language), [store, state, put, messages, language]);
  const { view } = state;

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    document.title = titleOf(page);
  }, [page]);
  useEffect(() => {
    document.documentElement.classList.toggle("embed", state.embed);
  }, [state.embed]);
  useLayoutEffect(() => {
    document.documentElement.dataset.view = view;
    showWritten(view);
  }, [view]);
  useFocusOnHeading(views);
  usePrintedTable(page);
  useIslands(page);

  return (
    <PageContext.Provider value={page}>
      <Bar />
      <Fallback message={page.say("app.failed")} address={page.href({})}>
        <Pins />
        <Refused />
        {view === "results" && <Results />}
        {view === "unit" && <Unit />}
        {view === "compare" && <Compare />}
        {view === "time" && <Time />}
      </Fallback>
    </PageContext.Provider>
  );
}

/** The title of the page in the history of the browser: what is shown, and of which index. */
function titleOf({ state, store, model, speaker, unitName, say }: Page): string {
  const index = speaker.text(model.title);
  const [first, second] = [state.unit, state.other].map((id) => store.unitAt.get(id));
  if (state.view === "unit" && first !== undefined) return say("app.title", { shown: unitName(first), index });
  if (state.view === "compare" && first !== undefined && second !== undefined) {
    return say("app.title", { shown: say("app.two", { unit: unitName(first), other: unitName(second) }), index });
  }
  return state.view === "results" ? index : say("app.title", { shown: say(VIEW_TITLES[state.view]), index });
}

/** After a change of view, the focus goes to its heading, which a screen reader then reads. */
function useFocusOnHeading(views: number): void {
  const before = useRef(views);
  useEffect(() => {
    const named = anchor() && document.getElementById(anchor());
    if (named) named.scrollIntoView();
    if (before.current === views || named) return;
    before.current = views;
    const heading = document.querySelector<HTMLElement>("#app h2, #method h2");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }, [views]);
}
