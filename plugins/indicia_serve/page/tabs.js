// The two tabs: what changes, and the whole page. Arrow keys go from one to the other.

import { byId } from "./dom.js";

/** @typedef {"changes" | "page"} Tab */

const PANELS = /** @type {Record<Tab, string>} */ ({ changes: "results", page: "whole" });
const TABS = /** @type {Tab[]} */ (Object.keys(PANELS));

/** Show a tab, and call a function when the reader chooses one. @param {Tab} open @param {(tab: Tab) => void} chosen */
export function showTabs(open, chosen) {
  byId("tabs").hidden = false;
  document.body.dataset.tab = open;
  for (const tab of TABS) {
    const button = byId(`tab-${tab}`);
    button.setAttribute("aria-selected", String(tab === open));
    button.tabIndex = tab === open ? 0 : -1;
    button.onclick = () => choose(tab);
    button.onkeydown = (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") choose(TABS[1 - TABS.indexOf(tab)]);
    };
    byId(PANELS[tab]).hidden = tab !== open;
  }

  /** @param {Tab} tab */
  function choose(tab) {
    showTabs(tab, chosen);
    byId(`tab-${tab}`).focus();
    chosen(tab);
  }
}
