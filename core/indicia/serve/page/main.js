// The page of other methods: it reads the index, sends each choice to the server and shows the answer.

import { isEmpty, nothing, read, write } from "./choices.js";
import { byId, element } from "./dom.js";
import { reportAddress, request as words, showErrors, showPanel } from "./methods.js";
import { Problem, request, send, WORKSPACE } from "./requests.js";
import { showAnswer, showFrame, showProblem, table } from "./results.js";
import { currentLanguage, inLanguage, LANGUAGES, say, speak } from "./say.js";
import { showUpload } from "./upload.js";

const DELAY = 350; // milliseconds after the last key, so that half a word is not computed
const KEPT = "indicia-language";

let choices = read(location.hash);
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
    described = await request(`/api/index?workspace=${encodeURIComponent(WORKSPACE)}`, {}, say("lost"));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    showFrame();
    showProblem(problem.errors, true);
    return;
  }
  show();
  byId("panel").addEventListener("again", panel);
  window.addEventListener("hashchange", () => {
    if (location.hash === write(choices)) return;
    choices = read(location.hash);
    panel();
    compute();
  });
  if (described.index) await compute();
}

/** Write the page in the language of the reader. */
function show() {
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = say(place.getAttribute("data-say") ?? "");
  const index = described.index;
  byId("title").textContent = index ? inLanguage(index.name) : say("upload_title");
  document.title = index ? `${inLanguage(index.name)} · ${say("methods")}` : "Indicia";
  byId("subtitle").textContent = index ? `${say("units", { count: index.units })} · ${index.file}` : "";
  links();
  showUpload(described, !index);
  if (!index) return;
  showFrame();
  panel();
  recognised();
}

function links() {
  const languages = Object.entries(LANGUAGES).map(([language, name]) =>
    element("button", { type: "button", lang: language, "aria-pressed": String(language === currentLanguage()), click: () => change(language) }, name),
  );
  const index = described.index;
  const report = index && element("a", { id: "report", href: reportAddress(choices, WORKSPACE, currentLanguage()), target: "_blank", rel: "noopener" }, say("report"));
  const file = described.recognised && element("a", { href: `/api/index.toml?workspace=${encodeURIComponent(WORKSPACE)}`, download: "index.toml" }, say("download"));
  byId("links").replaceChildren(
    ...[report, file, element("span", { class: "push" }), element("div", { class: "langs", role: "group", "aria-label": say("language") }, ...languages)].filter(Boolean),
  );
}

/** @param {string} language */
async function change(language) {
  localStorage.setItem(KEPT, language);
  await speak(language);
  show();
  if (answer) showAnswer(answer, isEmpty(choices) && !choices.variant);
  /** @type {HTMLElement | null} */ (document.querySelector(`.langs [lang="${language}"]`))?.focus();
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
      window.clearTimeout(timer);
      timer = window.setTimeout(compute, DELAY);
    },
    saved: async () => {
      described = await request(`/api/index?workspace=${encodeURIComponent(WORKSPACE)}`, {}, say("lost"));
    },
  });
  if (answer) byId("command").textContent = answer.command;
}

/** Send the choices to the server, and show the answer; an earlier request that still runs is given up. */
async function compute() {
  window.clearTimeout(timer);
  running?.abort();
  const controller = new AbortController();
  running = controller;
  const address = write(choices);
  if (location.hash !== address) history.replaceState(null, "", location.pathname + address);
  const report = /** @type {HTMLAnchorElement | null} */ (document.getElementById("report"));
  if (report) report.href = reportAddress(choices, WORKSPACE, currentLanguage());
  byId("results").setAttribute("aria-busy", "true");
  const waiting = window.setTimeout(() => (byId("status").textContent = say("loading")), 400);
  try {
    answer = await send("/api/score", words(choices), { signal: controller.signal }, say("lost"));
    showErrors([]);
    showProblem([], false);
    showAnswer(answer, isEmpty(choices) && !choices.variant);
  } catch (problem) {
    if (!(problem instanceof Problem)) return; // given up for a later choice
    byId("status").textContent = "";
    showProblem(showErrors(problem.errors), true);
  } finally {
    window.clearTimeout(waiting);
    if (running === controller) byId("results").removeAttribute("aria-busy");
  }
}

/** What was recognised in an uploaded table; its words are English. */
function recognised() {
  const found = described.recognised;
  if (!found) return;
  const roles = Object.entries(found.roles).map(([role, columns]) => element("li", {}, `${role}: ${[columns].flat().join(", ")}`));
  const observations = found.observations.map((/** @type {string} */ text) => element("li", {}, text));
  const directions = found.directions.map((/** @type {any} */ entry) =>
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
