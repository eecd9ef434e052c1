// The line that says whose scores are shown: the published methodology, a variant, or methods that are tried.

import { byId, element, isolated } from "./dom.js";
import { inLanguage, say } from "./say.js";

/** Show which methodology an answer has. @param {any} index the description of the index @param {any} answer */
export function showMethodology(index, answer) {
  const place = byId("methodology");
  const isTried = answer.tried.length > 0;
  place.hidden = false;
  place.className = isTried || answer.variant ? "tried" : "published";
  place.replaceChildren(
    element("strong", {}, isTried ? say("is_tried") : answer.variant ? say("is_variant") : say("is_published")),
    " ",
    ...(isTried || answer.variant ? sentences(index, answer) : [say("published_text", { file: index.file })]),
  );
}

/** @param {any} index @param {any} answer */
function sentences(index, answer) {
  const variant = index.variants.find((/** @type {any} */ entry) => entry.id === answer.variant);
  const name = variant ? inLanguage(variant.name) : answer.variant;
  const changes = answer.tried.map((/** @type {any} */ entry) => change(index, entry));
  if (name) changes.unshift([say("of_variant", { variant: name })]);
  return [say("not_published"), " ", ...changes.flatMap((/** @type {any[]} */ nodes, /** @type {number} */ place) => (place ? [say("separator"), ...nodes] : nodes))];
}

/** @param {any} index @param {any} entry a method that is tried */
function change(index, entry) {
  const method = element("code", {}, entry.method);
  if (entry.part) {
    const part = index.parts.find((/** @type {any} */ candidate) => candidate.id.replace(/^\w+\./, "") === entry.part);
    return [isolated(part ? inLanguage(part.name) : entry.part), `, ${say(entry.stage)} `, method];
  }
  if (entry.in_place_of === null) return [`${say(entry.stage)} `, method];
  return [`${say(entry.stage)} `, method, ` ${say("in_place_of", { method: entry.in_place_of })}`];
}
