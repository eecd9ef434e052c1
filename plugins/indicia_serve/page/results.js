// The results: what changes, agreement, the units that move, and the ranking.

import { byId, element, isolated } from "./dom.js";
import { errorText } from "./methods.js";
import { currentLanguage, list, number, say } from "./say.js";

const ROWS = 200;
/** The rows that the ranking shows at first, and with each press of its button. */

/** Write the frame of the results, which later answers fill. */
export function showFrame() {
  byId("shown").hidden = false;
  byId("results").replaceChildren(
    element("h2", { id: "headline", class: "sr" }, say("results")),
    element("p", { id: "status", role: "status", class: "headline" }),
    element("div", { id: "changes", class: "two" }),
    element("div", { id: "ranking" }),
    element("div", { id: "notes" }),
  );
}

/** Show errors above the last results, or take them away. @param {any[]} errors @param {boolean} isStale */
export function showProblem(errors, isStale) {
  const problem = byId("problem");
  problem.replaceChildren();
  byId("shown").classList.toggle("stale", isStale);
  if (isStale) problem.append(element("h2", {}, say("error_title")), ...errors.map(errorText));
  if (isStale && !errors.length) problem.append(element("p", {}, say("error_field")));
  if (isStale && document.getElementById("ranking")?.hasChildNodes()) problem.append(element("p", { class: "quiet" }, say("stale")));
}

/** Show an answer. @param {any} answer @param {boolean} isPublished */
export function showAnswer(answer, isPublished) {
  const names = unitNames(answer);
  byId("status").textContent = sentences(answer, names, isPublished).join(currentLanguage() === "zh" ? "" : " ");
  byId("command").textContent = answer.command;
  byId("changes").replaceChildren(...(isPublished || answer.index_error ? [] : [movers(answer, names), agreement(answer)]));
  showRanking(answer, answer.units.names[currentLanguage()] ?? answer.units.names.en);
  const notes = [...answer.notes[currentLanguage()], ...answer.warnings];
  byId("notes").replaceChildren(
    ...(notes.length ? [element("h3", {}, say("notes_title")), element("ul", {}, ...notes.map((note) => element("li", {}, note)))] : []),
  );
}

/** The names of units by their ids. @param {any} answer @returns {Map<string, string>} */
function unitNames(answer) {
  const names = answer.units.names[currentLanguage()] ?? answer.units.names.en;
  return new Map(answer.units.unit.map((/** @type {string} */ id, /** @type {number} */ row) => [id, names[row]]));
}

/** @param {any} answer @param {Map<string, string>} names @param {boolean} isPublished */
function sentences(answer, names, isPublished) {
  const first = answer.units.rank[0];
  const leaders = first === null ? [] : answer.units.unit.filter((/** @type {string} */ _, /** @type {number} */ row) => answer.units.rank[row] === first);
  const named = list(leaders.map((/** @type {string} */ id) => names.get(id) ?? id), 3);
  const leader = leaders.length > 1 ? [say("headline_leaders", { units: named })] : leaders.length ? [say("headline_leader", { unit: named })] : [];
  if (answer.index_error) return [say("headline_index_error", { reason: answer.index_error }), ...leader];
  if (isPublished) return [say("headline_same"), ...leader];
  const { moved, common } = answer.counts;
  if (!moved) return [say("headline_still"), ...leader];
  const shift = answer.mean_change === null ? [] : [say("headline_shift", { places: number(answer.mean_change, 1) })];
  return [say("headline_moved", { count: moved, of: common }), ...shift, ...leader];
}

/** @param {any} answer @param {Map<string, string>} names */
function movers(answer, names) {
  const places = new Map(answer.units.unit.map((/** @type {string} */ id, /** @type {number} */ row) => [id, row]));
  const rows = answer.movers.map((/** @type {string} */ id) => {
    const row = places.get(id);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, isolated(names.get(id) ?? id)),
      element("td", { class: "num" }, rank(answer.units.published_rank[row])),
      element("td", { class: "num" }, rank(answer.units.rank[row])),
      element("td", { class: "num" }, change(answer.units.change[row])),
    );
  });
  const { entered, left, places: top } = answer.top;
  const named = (/** @type {string[]} */ ids) => list(ids.map((id) => names.get(id) ?? id));
  const first = entered.length ? say("top_entered", { places: top, units: named(entered) }) : say("top_same", { places: top });
  const gone = left.length ? say("top_left", { units: named(left) }) : "";
  return element(
    "div",
    {},
    element("h3", {}, say("movers_title")),
    rows.length > 0 && table(["mover", "from", "to", "change"], rows, say("movers_title")),
    element("p", {}, `${first} ${gone}`),
  );
}

/** @param {any} answer */
function agreement(answer) {
  const row = (/** @type {any} */ entry) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, entry.name),
      element("td", { class: "num" }, entry.value === null ? "–" : number(entry.value, Number.isInteger(entry.value) ? 0 : 3)),
      element("td", { lang: "en", class: "quiet" }, entry.summary),
    );
  const [main, others] = [true, false].map((is) => answer.agreement.filter((/** @type {any} */ entry) => entry.is_main === is).map(row));
  const heads = ["measure", "value", "meaning"];
  return element(
    "div",
    {},
    element("h3", {}, say("agreement_title")),
    table(heads, main, say("agreement_title")),
    others.length > 0 && element("details", {}, element("summary", {}, say("agreement_others")), table(heads, others, say("agreement_others"))),
  );
}

const NUMBERS = ["from", "to", "change", "value", "rank", "score", "published_rank", "published_score"];

/** @param {string[]} heads @param {Node[]} rows @param {string} label */
export function table(heads, rows, label) {
  const cells = heads.map((key) => element("th", { scope: "col", class: NUMBERS.includes(key) ? "num" : null }, say(key)));
  const made = element("table", { "aria-label": label }, element("thead", {}, element("tr", {}, ...cells)), element("tbody", {}, ...rows));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, made);
}

/** The ranking with a search, and a button for more rows. @param {any} answer @param {string[]} names */
function showRanking(answer, names) {
  const box = byId("ranking");
  const before = /** @type {HTMLInputElement | null} */ (box.querySelector("input"));
  const units = answer.units;
  const title = answer.period ? `${say("ranking_title")} · ${answer.period}` : say("ranking_title");
  const search = before ?? /** @type {HTMLInputElement} */ (element("input", { type: "search" }));
  search.setAttribute("aria-label", say("find"));
  search.placeholder = say("find");
  const count = element("p", { class: "quiet", role: "status" });
  const place = element("div");
  let shown = ROWS;
  search.oninput = () => {
    shown = ROWS;
    rows();
  };
  if (before) {
    // the field stays in the page, so that a reader who types keeps the focus
    while (before.parentElement && before.parentElement.nextSibling) before.parentElement.nextSibling.remove();
    const heading = before.parentElement?.querySelector("h3");
    if (heading) heading.textContent = title;
    before.parentElement?.querySelector("p")?.replaceWith(count);
    box.append(place);
  } else box.replaceChildren(element("div", { class: "tools" }, element("h3", {}, title), search, count), place);
  const decimals = { score: decimalsOf(units.score), published_score: decimalsOf(units.published_score) };
  rows();

  function rows() {
    const wanted = search.value.trim().toLocaleLowerCase();
    const found = names.flatMap((name, row) => (name.toLocaleLowerCase().includes(wanted) || units.unit[row].toLocaleLowerCase().includes(wanted) ? [row] : []));
    count.textContent = say("found", { count: found.length });
    const more = found.length - shown;
    place.replaceChildren(
      table(["rank", "change", "unit", "score", "published_rank", "published_score"], found.slice(0, shown).map(row), say("ranking_title")),
      ...(more > 0 ? [element("button", { type: "button", click: grow }, say("more", { count: Math.min(more, 5 * ROWS) }))] : []),
    );
  }

  function grow() {
    shown += 5 * ROWS;
    rows();
  }

  /** @param {number} row */
  function row(row) {
    return element(
      "tr",
      {},
      element("td", { class: "num" }, rank(units.rank[row])),
      element("td", { class: "num" }, change(units.change[row])),
      element("th", { scope: "row" }, isolated(names[row])),
      element("td", { class: "num score" }, figure("score", row)),
      element("td", { class: "num quiet" }, rank(units.published_rank[row])),
      element("td", { class: "num quiet" }, figure("published_score", row)),
    );
  }

  /** @param {"score" | "published_score"} column @param {number} row */
  function figure(column, row) {
    const value = units[column][row];
    return value === null ? "–" : number(value, decimals[column]);
  }
}

/** The decimals with which the largest figure has five digits, without zeros that all figures end in. @param {(number | null)[]} values */
function decimalsOf(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value ?? 0));
  const most = Math.max(0, Math.min(8, largest ? 4 - Math.floor(Math.log10(largest)) : 0));
  const texts = values.map((value) => (value ?? 0).toFixed(most));
  let fewest = most;
  while (fewest > 0 && texts.every((text) => text[text.length - 1 - (most - fewest)] === "0")) fewest -= 1;
  return fewest;
}

/** @param {number | null} value */
function rank(value) {
  return value === null ? "–" : number(value, Number.isInteger(value) ? 0 : 1);
}

/** A change of rank with its sign in words too. @param {number | null} value */
function change(value) {
  if (value === null) return "–";
  if (!value) return element("span", { class: "quiet" }, element("span", { "aria-hidden": "true" }, "="), element("span", { class: "sr" }, say("unchanged")));
  const places = number(Math.abs(value), Number.isInteger(value) ? 0 : 1);
  return element(
    "span",
    { class: value > 0 ? "up" : "down" },
    element("span", { "aria-hidden": "true" }, `${value > 0 ? "▲" : "▼"} ${places}`),
    element("span", { class: "sr" }, say(value > 0 ? "up" : "down", { places })),
  );
}
