// A table to start with.

import { byId, element } from "./dom.js";
import { errorText } from "./methods.js";
import { Problem, request } from "./requests.js";
import { say } from "./say.js";

/** Write the form. @param {{max_upload: number, uploads: string[]}} limits @param {boolean} isOpen */
export function showUpload(limits, isOpen) {
  const size = Math.floor(limits.max_upload / 1024 / 1024);
  const file = /** @type {HTMLInputElement} */ (element("input", { id: "upload-file", type: "file", accept: limits.uploads.join(",") }));
  const sheet = /** @type {HTMLInputElement} */ (element("input", { id: "upload-sheet", type: "text", autocomplete: "off" }));
  const button = /** @type {HTMLButtonElement} */ (element("button", {}, say("upload")));
  const error = element("div", { class: "error", role: "alert" });
  const place = byId("upload");
  place.hidden = false;
  const form = element(
    "form",
    { submit },
    element("p", { class: "quiet" }, say("upload_text")),
    element("div", { class: "field" }, element("label", { for: file.id }, say("upload_file", { endings: limits.uploads.join(" "), size })), file),
    element("div", { class: "field" }, element("label", { for: sheet.id }, say("upload_sheet")), sheet),
    button,
    error,
  );
  place.replaceChildren(
    isOpen
      ? element("div", {}, element("h2", { id: "upload-title" }, say("upload_title")), form)
      : element("details", {}, element("summary", { id: "upload-title" }, say("upload_title")), form),
  );

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    error.replaceChildren();
    const chosen = file.files?.[0];
    if (!chosen) return error.append(say("upload_none"));
    if (chosen.size > limits.max_upload) return error.append(say("upload_large", { size }));
    button.disabled = true;
    try {
      const words = new URLSearchParams({ name: chosen.name, sheet: sheet.value.trim() });
      const answer = await request(`/api/upload?${words}`, { method: "POST", body: chosen }, say("lost"));
      location.assign(`/w/${encodeURIComponent(answer.workspace)}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      error.replaceChildren(...problem.errors.map(errorText));
    } finally {
      button.disabled = false;
    }
  }
}
