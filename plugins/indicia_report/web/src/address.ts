/** The state in the address of the browser. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Model } from "./model";
import type { Put } from "./page";
import { read, type State, write } from "./state";
import { viewOf } from "./written";

/** Browsers refuse to replace the address too often, as a slider would: it is written when no step followed for a while. */
const WRITE_AFTER = 250;

/** The id of an element that an address names, as "#m-structure" does; "" if it holds a state. */
export function anchor(): string {
  const id = location.hash.slice(1);
  return id.startsWith("/") ? "" : id;
}

/** The state of the address. An element that Python wrote opens its view; any other, such as the skip link's, none. */
export function currentState(model: Model, before?: State): State {
  const id = anchor();
  const state = id && before ? before : read(location.hash, model);
  const view = id ? viewOf(id) : null;
  if (view) return { ...state, view };
  return new URLSearchParams(location.search).has("embed") ? { ...state, embed: true } : state;
}

export function useAddress(model: Model): { state: State; put: Put; views: number } {
  const [state, setState] = useState(() => currentState(model));
  const [views, setViews] = useState(0);
  const latest = useRef(state);
  const timer = useRef(0);
  const set = useCallback((next: State) => {
    latest.current = next;
    setState(next);
  }, []);
  const put = useCallback<Put>(
    (patch, isNewView = false) => {
      const next = { ...latest.current, ...patch };
      const address = write(next, model);
      window.clearTimeout(timer.current);
      if (isNewView && address !== location.hash) {
        change("replaceState", write(latest.current, model));
        change("pushState", address);
        setViews((count) => count + 1);
        window.scrollTo({ top: 0 });
      } else timer.current = window.setTimeout(() => change("replaceState", address), WRITE_AFTER);
      set(next);
    },
    [model],
  );
  useEffect(() => {
    const follow = (): void => {
      window.clearTimeout(timer.current);
      const next = currentState(model, latest.current);
      const { view, unit, other } = latest.current;
      if (next.view !== view || next.unit !== unit || next.other !== other) setViews((count) => count + 1);
      set(next);
    };
    addEventListener("popstate", follow);
    addEventListener("hashchange", follow);
    return () => {
      removeEventListener("popstate", follow);
      removeEventListener("hashchange", follow);
    };
  }, [model]);
  return { state, put, views };
}

/** A frame may have no address to write to: the page then works without. */
function change(how: "pushState" | "replaceState", address: string): void {
  try {
    history[how](null, "", address);
  } catch {
    // nothing depends on the address
  }
}
