// The panel: a method for each stage, methods for single parts, saving as a variant.

import { choose, isEmpty, nothing } from "./choices.js";
import { byId, element, isolated } from "./dom.js";
import { Problem, send } from "./requests.js";
import { inLanguage, say } from "./say.js";

/** @typedef {import("./choices.js").Choices} Choices */

/**
 * Write the panel.
 * @param {any} index the description of the index
 * @param {Choices} choices
 * @param {{changed: (choices: Choices) => void, saved: (answer: {name: string, file: string}) => void}} listeners
 */
export function showPanel(index, choices, listeners) {
  const panel = byId("panel");
  panel.hidden = false;
  panel.replaceChildren(
    element("h2", { id: "panel-title" }, say("panel_title")),
    element("p", { class: "quiet" }, say("panel_text")),
    ...starts(index, choices, listeners.changed),
    ...index.stages.map((/** @type {any} */ stage) => stageFields(stage, choices, () => listeners.changed(choices))),
    element("button", { type: "button", click: () => listeners.changed(nothing()), id: "reset" }, say("reset")),
    partFields(index, choices, listeners.changed),
    element("h3", {}, say("command")),
    element("code", { id: "command", tabindex: 0 }),
    saveFields(index, choices, listeners.saved),
  );
  showSavable(index, choices);
}

/** State beside the button whether the choices can be saved, and what is saved. @param {any} index @param {Choices} choices */
export function showSavable(index, choices) {
  const nothing = isEmpty(choices);
  const variant = index.variants.find((/** @type {any} */ entry) => entry.id === choices.variant);
  const from = variant ? say("save_from", { variant: inLanguage(variant.name) }) : "";
  byId("save-hint").textContent = nothing ? say("save_nothing") : from;
  byId("save").toggleAttribute("disabled", nothing);
}

/** The selects of a variant and a period. @param {any} index @param {Choices} choices @param {(choices: Choices) => void} changed */
function starts(index, choices, changed) {
  const variants = index.variants.map((/** @type {any} */ variant) => [variant.id, inLanguage(variant.name)]);
  const periods = index.periods.map((/** @type {string} */ period) => [period, period]).reverse();
  return [
    variants.length > 0 && select("variant", say("start"), [["", say("start_index")], ...variants], choices.variant),
    periods.length > 1 && select("period", say("period"), [["", say("period_last")], ...periods], choices.period),
  ].filter((field) => field instanceof Node);

  /** @param {"variant" | "period"} word @param {string} label @param {string[][]} options @param {string} value */
  function select(word, label, options, value) {
    const field = /** @type {HTMLSelectElement} */ (
      element("select", { id: `choice-${word}` }, ...options.map(([id, text]) => element("option", { value: id }, text)))
    );
    field.value = value;
    field.addEventListener("change", () => {
      choices[word] = field.value;
      changed(choices);
    });
    return element("div", { class: "field" }, element("label", { for: field.id }, label), field);
  }
}

/** The method of a stage: a select of names, and a text with the parameters. @param {any} stage @param {Choices} choices @param {() => void} changed */
function stageFields(stage, choices, changed) {
  const id = `stage-${stage.stage}`;
  const name = say(stage.stage);
  const chosen = choices.methods[stage.stage] ?? "";
  const select = /** @type {HTMLSelectElement} */ (element("select", { id, "aria-describedby": `${id}-hint` }, ...options()));
  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      id: `${id}-text`,
      type: "text",
      value: chosen,
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": say("method_text", { stage: name }),
      "aria-describedby": `${id}-hint ${id}-error`,
    })
  );
  const hint = element("p", { id: `${id}-hint`, class: "hint quiet" });
  select.addEventListener("change", () => {
    input.value = select.value;
    take();
  });
  input.addEventListener("input", take);
  show();
  return element(
    "div",
    { class: "field", "data-place": stage.stage },
    element("label", { for: id }, name),
    select,
    input,
    hint,
    element("div", { id: `${id}-error`, class: "error" }),
  );

  function options() {
    const published = element("option", { value: "" }, say("as_published", { method: stage.published }));
    const none = stage.optional && element("option", { value: "none" }, say("none"));
    const plugins = [...new Set(stage.methods.map((/** @type {any} */ method) => method.plugin))];
    const groups = plugins.map((plugin) =>
      element(
        "optgroup",
        { label: plugin ? say("of_plugin", { plugin }) : say("of_indicia") },
        ...stage.methods.filter((/** @type {any} */ method) => method.plugin === plugin).map((/** @type {any} */ method) => element("option", { value: method.name }, method.name)),
      ),
    );
    return [published, none, ...groups];
  }

  function take() {
    if (input.value.trim()) choices.methods[stage.stage] = input.value.trim();
    else delete choices.methods[stage.stage];
    show();
    changed();
  }

  function show() {
    const word = /^\s*(\w*)/.exec(input.value)?.[1] ?? "";
    const method = stage.methods.find((/** @type {any} */ entry) => entry.name === word);
    select.value = method || (word === "none" && stage.optional) ? word : "";
    input.hidden = !input.value && !select.value;
    hint.replaceChildren(...(method ? hints(method) : []));
  }
}

/** Sentences on a method, which stay in English. @param {any} method */
function hints(method) {
  const parameters = method.parameters.map((/** @type {any} */ entry) =>
    entry.default === null ? say("required", { name: entry.name }) : `${entry.name}=${entry.default}`,
  );
  const needed = method.parameters.some((/** @type {any} */ entry) => entry.default === null);
  return [
    element("span", { lang: "en" }, method.summary),
    element("br"),
    parameters.length ? say("parameters", { parameters: parameters.join(", ") }) : say("no_parameters"),
    ...(needed && method.example ? [element("br"), say("example", { example: method.example })] : []),
  ];
}

/** Methods for single dimensions and indicators. @param {any} index @param {Choices} choices @param {(choices: Choices) => void} changed */
function partFields(index, choices, changed) {
  const part = /** @type {HTMLSelectElement} */ (
    element("select", { id: "part" }, ...index.parts.map((/** @type {any} */ entry) => element("option", { value: entry.id }, inLanguage(entry.name))))
  );
  const stage = /** @type {HTMLSelectElement} */ (element("select", { id: "part-stage" }));
  const names = element("datalist", { id: "part-methods" });
  const method = /** @type {HTMLInputElement} */ (
    element("input", { id: "part-method", type: "text", list: "part-methods", spellcheck: "false", autocomplete: "off" })
  );
  part.addEventListener("change", showStages);
  stage.addEventListener("change", showMethods);
  showStages();
  const chosen = Object.entries(choices.parts).flatMap(([id, stages]) => Object.entries(stages).map(([of, text]) => ({ id, of, text })));
  return element(
    "details",
    { open: chosen.length > 0 },
    element("summary", {}, say("part_title")),
    element("ul", { class: "parts" }, ...chosen.map(row)),
    field("part", say("part"), part),
    field("part-stage", say("part_stage"), stage),
    field("part-method", say("part_method"), method),
    names,
    element("button", { type: "button", click: add }, say("part_add")),
  );

  function showStages() {
    const entry = index.parts.find((/** @type {any} */ candidate) => candidate.id === part.value);
    stage.replaceChildren(...(entry?.stages ?? []).map((/** @type {string} */ name) => element("option", { value: name }, say(name))));
    showMethods();
  }

  function showMethods() {
    const entry = index.stages.find((/** @type {any} */ candidate) => candidate.stage === stage.value);
    names.replaceChildren(...(entry?.methods ?? []).map((/** @type {any} */ candidate) => element("option", { value: candidate.name })));
  }

  function add() {
    if (!method.value.trim()) return method.focus();
    choose(choices, part.value, stage.value, method.value.trim());
    changed(choices);
    showPanelAgain();
  }

  /** @param {{id: string, of: string, text: string}} choice */
  function row({ id, of, text }) {
    const entry = index.parts.find((/** @type {any} */ candidate) => candidate.id === id);
    const name = entry ? inLanguage(entry.name) : id;
    const remove = () => {
      choose(choices, id, of, "");
      changed(choices);
      showPanelAgain();
    };
    return element(
      "li",
      { "data-place": `${id}.${of}` },
      isolated(name),
      `: ${say(of)} `,
      element("code", {}, text),
      element("button", { type: "button", class: "remove", click: remove, "aria-label": say("part_remove", { part: name }) }, "×"),
      element("div", { class: "error" }),
    );
  }

  function showPanelAgain() {
    byId("panel").dispatchEvent(new CustomEvent("again"));
  }
}

/** @param {string} id @param {string} label @param {HTMLElement} control */
function field(id, label, control) {
  return element("div", { class: "field" }, element("label", { for: id }, label), control);
}

/** @param {any} index @param {Choices} choices @param {(answer: {name: string, file: string}) => void} saved */
function saveFields(index, choices, saved) {
  const name = /** @type {HTMLInputElement} */ (element("input", { id: "variant-name", type: "text", autocomplete: "off", spellcheck: "false" }));
  const status = element("p", { role: "status", id: "saved" });
  const error = element("div", { class: "error", role: "alert" });
  const form = element(
    "form",
    { submit: save },
    element("p", { class: "quiet" }, say("save_text", { file: index.file })),
    field("variant-name", say("save_name"), name),
    element("button", { id: "save", "aria-describedby": "save-hint" }, say("save")),
    element("p", { id: "save-hint", class: "hint quiet" }),
    error,
    status,
  );
  return element("details", { id: "saving" }, element("summary", {}, say("save_title")), form);

  /** @param {Event} event */
  async function save(event) {
    event.preventDefault();
    error.replaceChildren();
    status.textContent = "";
    try {
      const answer = await send("/api/variant", { ...request(choices), name: name.value.trim() }, {}, say("lost"));
      saved(answer);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      error.replaceChildren(...problem.errors.map(errorText));
    }
  }
}

/** The words of a request for choices. @param {Choices} choices */
export function request(choices) {
  return { methods: choices.methods, parts: choices.parts, variant: choices.variant || null, period: choices.period || null };
}

/** Show errors beside the choices at fault, and return those without a place here. @param {any[]} errors */
export function showErrors(errors) {
  const rest = [];
  for (const place of document.querySelectorAll("[data-place]")) {
    place.querySelector(".error")?.replaceChildren();
    place.querySelector("input")?.removeAttribute("aria-invalid");
  }
  for (const error of errors) {
    const place = error.place && document.querySelector(`[data-place="${CSS.escape(error.place)}"]`);
    if (place) {
      place.querySelector(".error")?.append(errorText(error));
      place.querySelector("input")?.setAttribute("aria-invalid", "true");
    } else rest.push(error);
  }
  return rest;
}

/** What is wrong, where, and how to mend it; the words of Indicia are English. @param {any} error */
export function errorText(error) {
  return element(
    "div",
    { lang: "en" },
    element("p", {}, error.what),
    error.where && element("p", { class: "quiet" }, error.where),
    error.remedy && element("p", {}, say("fix", { remedy: error.remedy })),
  );
}

/** The address of the report with choices. @param {Choices} choices @param {string} workspace @param {string} language */
export function reportAddress(choices, workspace, language) {
  return `/report?${new URLSearchParams({ workspace, lang: language, choices: JSON.stringify(request(choices)) })}`;
}
