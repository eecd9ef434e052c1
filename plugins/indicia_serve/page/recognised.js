// What was recognised in an uploaded table; its words are English.

import { byId, element } from "./dom.js";
import { table } from "./results.js";
import { say } from "./say.js";

/** @param {{roles: Record<string, string | string[]>, directions: any[], observations: string[]}} recognised */
export function showRecognised(recognised) {
  const roles = Object.entries(recognised.roles).map(([role, columns]) => element("li", {}, `${role}: ${[columns].flat().join(", ")}`));
  const observations = recognised.observations.map((text) => element("li", {}, text));
  const directions = recognised.directions.map((entry) =>
    element("tr", {}, element("th", { scope: "row" }, entry.indicator), element("td", {}, entry.direction), element("td", { class: "quiet" }, entry.reason)),
  );
  byId("results").prepend(
    element(
      "details",
      { open: true },
      element("summary", {}, say("recognised")),
      element("ul", { lang: "en" }, ...roles, ...observations),
      table(["indicator", "direction", "reason"], directions, say("recognised")),
    ),
  );
}
