// The whole page of the chosen methods: the report, in a frame, made when its tab is open.

import { byId, element } from "./dom.js";
import { request as words } from "./methods.js";
import { moved } from "./place.js";
import { send } from "./requests.js";
import { currentLanguage, say } from "./say.js";

/** @typedef {import("./choices.js").Choices} Choices */

/** The choices, the language, the period and the address of the page in the frame. */
let shown = { key: "", language: "", period: "", address: "" };

/** Write the tab. @param {string} name the name of the index */
export function showWhole(name) {
  const frame = document.getElementById("frame");
  if (frame) return frame.setAttribute("title", say("frame_title", { name }));
  const made = element("iframe", {
    id: "frame",
    title: say("frame_title", { name }),
    allow: "clipboard-write",
    load: () => {
      stayWithChoice(/** @type {HTMLIFrameElement} */ (made));
      openLinksOutside(/** @type {HTMLIFrameElement} */ (made));
    },
    hidden: true,
  });
  byId("whole").replaceChildren(element("p", { id: "whole-status", role: "status", class: "quiet" }), made);
}

/** Forget the page in the frame, so that it is made again. */
export function forgetWhole() {
  shown = { ...shown, key: "" };
}

/**
 * Make the page of the choices, unless the frame has it. An error is thrown as a Problem.
 * @param {Choices} choices @param {string} at where the reader is in the page @param {AbortSignal} signal
 */
export async function makeWhole(choices, at, signal) {
  const language = currentLanguage();
  const key = JSON.stringify([words(choices), language]);
  if (key === shown.key) return;
  const whole = byId("whole");
  const status = byId("whole-status");
  status.textContent = say(shown.key ? "remaking" : "making");
  whole.setAttribute("aria-busy", "true");
  try {
    const answer = await send("/api/report", { ...words(choices), lang: language }, { signal }, say("lost"));
    const period = choices.period === shown.period ? undefined : choices.period;
    const place = moved(placeInFrame() || at, { period, dropsLanguage: Boolean(shown.language) && language !== shown.language });
    const address = new URL(answer.address, location.href);
    address.hash = place;
    const frame = /** @type {HTMLIFrameElement} */ (byId("frame"));
    frame.hidden = false;
    shown = { key, language, period: choices.period, address: answer.address };
    frame.contentWindow?.location.replace(address.href); // no entry in the history of the browser
  } catch (problem) {
    if (signal.aborted) throw new DOMException("given up", "AbortError"); // for a later choice, which ends the waiting
    throw problem;
  }
}

/** End the waiting for a page. @param {boolean} isEarlier true if the frame has the page of an earlier choice */
export function endWhole(isEarlier) {
  byId("whole").removeAttribute("aria-busy");
  byId("whole-status").textContent = isEarlier && shown.key ? say("earlier") : "";
}

/** Where the reader is in the page of the frame: "/unit/BRA?pin=CHE"; "" if there is none. */
export function placeInFrame() {
  const frame = /** @type {HTMLIFrameElement | null} */ (document.getElementById("frame"));
  try {
    const inner = frame?.contentWindow?.location;
    return inner?.pathname === "/report" && inner.hash.startsWith("#/") ? inner.hash.slice(1) : "";
  } catch {
    return ""; // the page of an error of the browser
  }
}

/** The button Back may open the page of an earlier choice: it is replaced by that of the choice. @param {HTMLIFrameElement} frame */
function stayWithChoice(frame) {
  const at = placeInFrame();
  const inner = frame.contentWindow?.location;
  if (at && inner && inner.pathname + inner.search !== shown.address) inner.replace(`${shown.address}#${at}`);
}

/** Links to other sites open in a window of their own, since the policy lets none into the frame. @param {HTMLIFrameElement} frame */
function openLinksOutside(frame) {
  frame.contentDocument?.addEventListener("click", (event) => {
    const clicked = /** @type {Element} */ (event.target);
    const link = /** @type {HTMLAnchorElement | null} */ (clicked.closest("a[href]"));
    if (!link || link.origin === location.origin || link.target === "_blank") return;
    event.preventDefault();
    window.open(link.href, "_blank", "noopener,noreferrer");
  });
}
