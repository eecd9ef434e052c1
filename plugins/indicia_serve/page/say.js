// Sentences in the language of the reader, which the server reads from the catalogue of messages.

/** The languages, each by its own name. @type {Record<string, string>} */
export let languages = {};

/** @type {Record<string, string | Record<string, string>>} */
let messages = {};
let language = "en";

export function currentLanguage() {
  return language;
}

/** Read the sentences of a language. @param {string} wanted */
export async function speak(wanted) {
  ({ language, languages, messages } = await (await fetch(`/page/${encodeURIComponent(wanted)}.json`)).json());
  document.documentElement.lang = language;
}

/**
 * Return a sentence with its slots filled. A sentence with several forms has the one for the number in `count`.
 * @param {string} key
 * @param {Record<string, string | number>} [slots]
 */
export function say(key, slots = {}) {
  const message = messages[key];
  const form = typeof message === "object" ? message[new Intl.PluralRules(language).select(Number(slots.count))] ?? message.other : message;
  return (form ?? key).replace(/\{(\w+)\}/g, (_, slot) => {
    const value = slots[slot];
    return typeof value === "number" ? number(value) : String(value);
  });
}

/** A number with its separators, and at most so many decimals. @param {number} value @param {number} [decimals] */
export function number(value, decimals = 0) {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(language, options).format(value).replace("-", "−");
}

/** A list of names: the first few, and the number of the others. @param {string[]} names @param {number} [most] */
export function list(names, most = 10) {
  const others = names.length - most;
  const shown = others > 1 ? [...names.slice(0, most), say("others", { count: others })] : names;
  return new Intl.ListFormat(language).format(shown);
}

/** A name by language. @param {Record<string, string>} names */
export function inLanguage(names) {
  return names[language] ?? names.en;
}
