/** What Python wrote: the method, and sections of plugins below the results. They stand in the document in their view only. */
import type { View } from "./state";

interface Written {
  readonly view: View;
  readonly element: HTMLElement;
  /** Where the element stands while it is shown. */
  readonly place: Comment;
}

let written: readonly Written[] = [];

/** Find what Python wrote; before the first view is shown. */
export function findWritten(): void {
  const sections = [...document.querySelectorAll<HTMLElement>("main > section:not(#static)")];
  written = sections.map((element) => {
    const place = document.createComment("");
    element.before(place);
    return { view: element.id === "method" ? "method" : "results", element, place };
  });
}

/** A long method costs time in every other view, even if it is hidden: it is taken out of the document there. */
export function showWritten(view: View): void {
  for (const one of written) {
    if (one.view === view && !one.element.isConnected) one.place.after(one.element);
    else if (one.view !== view) one.element.remove();
  }
}

/** The view in which Python wrote an element with an id; null if there is none. */
export function viewOf(id: string): View | null {
  const selector = `#${CSS.escape(id)}`;
  return written.find(({ element }) => element.matches(selector) || element.querySelector(selector))?.view ?? null;
}

/** The places for figures in what Python wrote for a view. */
export function islandsOf(view: View): Element[] {
  return written.filter((one) => one.view === view).flatMap(({ element }) => [...element.querySelectorAll("figure[data-island]")]);
}
