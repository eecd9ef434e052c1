// The page of an index with the engine behind it: it sends each choice to the server, and shows what changes or all.

import { isEmpty, nothing, read, write } from "./choices.js";
import { byId, element } from "./dom.js";
import { reportAddress, request as words, showErrors, showPanel, showSavable } from "./methods.js";
import { showMethodology } from "./methodology.js";
import { readPlace, writePlace } from "./place.js";
import { showRecognised } from "./recognised.js";
import { Problem, request, send, WORKSPACE } from "./requests.js";
import { showAnswer, showFrame, showProblem } from "./results.js";
import { currentLanguage, inLanguage, languages, say, speak } from "./say.js";
import { showTabs } from "./tabs.js";
import { showUpload } from "./upload.js";
import { endWhole, forgetWhole, makeWhole, placeInFrame, showWhole } from "./whole.js";

const DELAY = 350; // milliseconds after the last key, so that half a word is not computed
const KEPT = "indicia-language";
const LOOK = 700; // milliseconds between looks at the address of the frame, which no event announces

let choices = read(location.hash);
let place = readPlace(location.hash);
let isPanelOpen = window.matchMedia("(min-width: 761px)").matches;
/** @type {any} */
let described = null;
/** @type {any} */
let answer = null;
let timer = 0;
/** @type {AbortController | null} */
let running = null;

if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname + location.hash);
await start();

async function start() {
  await speak(localStorage.getItem(KEPT) ?? navigator.language.split("-")[0]);
  try {
    described = await describe();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    showFrame();
    showProblem(problem.errors, true);
    return;
  }
  show();
  byId("panel").addEventListener("again", panel);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the part of the address after # has the choices
    byId("shown").focus();
  });
  window.addEventListener("hashchange", () => {
    if (location.hash.slice(1) === address()) return;
    [choices, place] = [read(location.hash), readPlace(location.hash)];
    panel();
    tabs();
    compute();
  });
  window.setInterval(keepPlace, LOOK);
  if (described.index) await compute();
}

function describe() {
  return request(`/api/index?workspace=${encodeURIComponent(WORKSPACE)}`, {}, say("lost"));
}

/** The part of the address after #: the choices, and what the reader looks at. */
function address() {
  return [write(choices), writePlace(place)].filter(Boolean).join("&");
}

function writeAddress() {
  const text = address();
  if (location.hash.slice(1) !== text) history.replaceState(null, "", location.pathname + (text && `#${text}`));
}

/** Keep in the address where the reader is in the whole page. */
function keepPlace() {
  const at = place.tab === "page" ? placeInFrame() : "";
  if (!at || at === place.at) return;
  place = { ...place, at };
  writeAddress();
}

/** Write the page in the language of the reader. */
function show() {
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.getAttribute("data-say") ?? "");
  const index = described.index;
  byId("title").textContent = index ? inLanguage(index.name) : say("upload_title");
  document.title = index ? `${inLanguage(index.name)} · ${say("methods")}` : "Indicia";
  if (index) subtitle();
  links();
  showUpload(described, !index);
  if (!index) return;
  showFrame();
  showWhole(inLanguage(index.name));
  panel();
  tabs();
  if (described.recognised) showRecognised(described.recognised);
}

/** The number of units and the file; the table may have rows of units that the index leaves out. */
function subtitle() {
  byId("subtitle").textContent = `${say("units", { count: answer?.units.unit.length ?? described.index.units })} · ${described.index.file}`;
}

function links() {
  const buttons = Object.entries(languages).map(([language, name]) =>
    element("button", { type: "button", lang: language, "aria-pressed": String(language === currentLanguage()), click: () => change(language) }, name),
  );
  const index = described.index;
  const toggle = index && element("button", { type: "button", id: "toggle", "aria-expanded": String(isPanelOpen), "aria-controls": "panel", click: togglePanel }, say("toggle"));
  const report = index && element("a", { id: "report", href: reportAddress(choices, WORKSPACE, currentLanguage()), target: "_blank", rel: "noopener" }, say("report"));
  const file = described.recognised && element("a", { href: `/api/index.toml?workspace=${encodeURIComponent(WORKSPACE)}`, download: "index.toml" }, say("download"));
  byId("links").replaceChildren(
    ...[toggle, report, file, element("span", { class: "push" }), element("div", { class: "langs", role: "group", "aria-label": say("language") }, ...buttons)].filter(Boolean),
  );
}

function togglePanel() {
  isPanelOpen = !isPanelOpen;
  byId("panel").hidden = !isPanelOpen;
  byId("toggle").setAttribute("aria-expanded", String(isPanelOpen));
}

function tabs() {
  showTabs(place.tab, (tab) => {
    place = { ...place, tab };
    writeAddress();
    if (tab === "page") whole();
  });
}

/** @param {string} language */
async function change(language) {
  localStorage.setItem(KEPT, language);
  await speak(language);
  show();
  if (answer) {
    showMethodology(described.index, answer);
    showAnswer(answer, isEmpty(choices) && !choices.variant);
  }
  /** @type {HTMLElement | null} */ (document.querySelector(`.langs [lang="${language}"]`))?.focus();
  if (place.tab === "page") await whole();
}

function panel() {
  showPanel(described.index, choices, {
    changed: (next) => {
      const isReset = next !== choices;
      choices = isReset ? { ...nothing(), period: choices.period } : next;
      if (isReset) {
        panel();
        byId("reset").focus();
      }
      showSavable(described.index, choices);
      window.clearTimeout(timer);
      timer = window.setTimeout(compute, DELAY);
    },
    saved: async ({ name, file }) => {
      described = await describe();
      choices = { ...nothing(), variant: name, period: choices.period };
      panel();
      const saving = byId("saving");
      saving.toggleAttribute("open", true);
      /** @type {HTMLElement | null} */ (saving.querySelector("summary"))?.focus();
      byId("saved").textContent = say("saved", { name, file });
      forgetWhole();
      await compute();
    },
  });
  byId("panel").hidden = !isPanelOpen;
  if (answer) byId("command").textContent = answer.command;
}

/** Send the choices to the server, and show the answer; an earlier request that still runs is given up. */
async function compute() {
  window.clearTimeout(timer);
  const controller = another();
  writeAddress();
  const report = /** @type {HTMLAnchorElement | null} */ (document.getElementById("report"));
  if (report) report.href = reportAddress(choices, WORKSPACE, currentLanguage());
  byId("results").setAttribute("aria-busy", "true");
  const waiting = window.setTimeout(() => (byId("status").textContent = say("loading")), 400);
  try {
    answer = await send("/api/score", words(choices), { signal: controller.signal }, say("lost"));
    showErrors([]);
    showProblem([], false);
    subtitle();
    showMethodology(described.index, answer);
    showAnswer(answer, isEmpty(choices) && !choices.variant);
    if (place.tab === "page") await makeWhole(choices, place.at, controller.signal);
  } catch (problem) {
    failed(problem);
  } finally {
    window.clearTimeout(waiting);
    if (running === controller) {
      byId("results").removeAttribute("aria-busy");
      endWhole(byId("shown").classList.contains("stale"));
    }
  }
}

/** Make the whole page of the present choices, once these have scores. */
async function whole() {
  if (byId("results").hasAttribute("aria-busy") || byId("shown").classList.contains("stale")) return compute();
  const controller = another();
  try {
    await makeWhole(choices, place.at, controller.signal);
  } catch (problem) {
    failed(problem);
  } finally {
    if (running === controller) endWhole(byId("shown").classList.contains("stale"));
  }
}

/** Give up the request that runs, and return the controller of another. */
function another() {
  running?.abort();
  running = new AbortController();
  return running;
}

/** @param {unknown} problem */
function failed(problem) {
  if (!(problem instanceof Problem)) {
    if (problem instanceof DOMException && problem.name === "AbortError") return; // given up for a later choice
    throw problem;
  }
  byId("status").textContent = "";
  showProblem(showErrors(problem.errors), true);
}
