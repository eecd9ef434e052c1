// What the reader looks at: a tab, and in the whole page the part of its address after #.

/**
 * @typedef {object} Place
 * @property {"changes" | "page"} tab
 * @property {string} at such as "/unit/BRA?pin=CHE"
 */

/** Read the place of an address. @param {string} hash @returns {Place} */
export function readPlace(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const at = words.get("at") ?? "";
  return { tab: words.get("tab") === "page" ? "page" : "changes", at: at.startsWith("/") ? at : "" };
}

/** Return the place as words of an address. @param {Place} place */
export function writePlace({ tab, at }) {
  const words = new URLSearchParams();
  if (tab === "page") words.set("tab", tab);
  if (tab === "page" && at && at !== "/") words.set("at", at);
  return words.toString();
}

/**
 * Return the part after # with another period or without a language, which the server then decides.
 * The page separates lists by signs that URLSearchParams would encode, so the other words are left as they are.
 * @param {string} at @param {{period?: string, dropsLanguage?: boolean}} changes
 */
export function moved(at, { period, dropsLanguage }) {
  const [path, query = ""] = at.split("?");
  const words = query.split("&").filter((word) => word && !(period !== undefined && word.startsWith("y=")) && !(dropsLanguage && word.startsWith("lang=")));
  if (period) words.push(`y=${encodeURIComponent(period)}`);
  return words.length ? `${path || "/"}?${words.join("&")}` : path;
}
