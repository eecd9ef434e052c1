import { useEffect, useMemo, useRef } from "preact/hooks";
import { useAddress } from "./address";
import { Page, PageContext } from "./page";
import { Bar } from "./parts/Bar";
import { Fallback } from "./parts/Fallback";
import { Pins } from "./parts/Pins";
import { Refused } from "./parts/Refused";
import { usePrintedTable } from "./parts/PrintedTable";
import type { Messages } from "./say";
import type { Store } from "./store";
import { Compare } from "./views/Compare";
import { Results } from "./views/Results";
import { Time } from "./views/Time";
import { Unit } from "./views/Unit";

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
    document.documentElement.classList.toggle("embed", state.embed);
  }, [state.embed]);
  useEffect(() => {
    const method = document.getElementById("method");
    if (method) method.hidden = view !== "method";
  }, [view]);
  useFocusOnHeading(views);
  usePrintedTable(page);

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

/** After a change of view, the focus goes to its heading, which a screen reader then reads. */
function useFocusOnHeading(views: number): void {
  const before = useRef(views);
  useEffect(() => {
    if (before.current === views) return;
    before.current = views;
    const heading = document.querySelector<HTMLElement>("#app h2, #method:not([hidden]) h2");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }, [views]);
}
