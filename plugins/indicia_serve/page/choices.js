// What the reader has chosen, and its form in the address: #normalisation=z_score&dimensions.health.aggregation=…

export const STAGES = ["imputation", "treatment", "normalisation", "weighting", "aggregation"];

/**
 * @typedef {object} Choices
 * @property {Record<string, string>} methods the text of a method by stage
 * @property {Record<string, Record<string, string>>} parts the same for parts: "dimensions.health"
 * @property {string} variant
 * @property {string} period
 */

/** @returns {Choices} */
export function nothing() {
  return { methods: {}, parts: {}, variant: "", period: "" };
}

/** Read the choices of an address; words that are unknown are left out. @param {string} hash @returns {Choices} */
export function read(hash) {
  const choices = nothing();
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const place = /^((?:dimensions|indicators)\..+)\.(\w+)$/.exec(key);
    if (key === "variant" || key === "period") choices[key] = text;
    else if (STAGES.includes(key)) choices.methods[key] = text;
    else if (place) choose(choices, place[1], place[2], text);
  }
  return choices;
}

/** Return choices as words of an address. @param {Choices} choices */
export function write(choices) {
  const words = new URLSearchParams();
  if (choices.variant) words.set("variant", choices.variant);
  if (choices.period) words.set("period", choices.period);
  for (const [stage, text] of Object.entries(choices.methods)) words.set(stage, text);
  for (const [part, stages] of Object.entries(choices.parts))
    for (const [stage, text] of Object.entries(stages)) words.set(`${part}.${stage}`, text);
  return words.toString();
}

/**
 * Choose a method for a stage of a part, or take the choice back with an empty text.
 * @param {Choices} choices @param {string} part @param {string} stage @param {string} text
 */
export function choose(choices, part, stage, text) {
  const stages = Object.hasOwn(choices.parts, part) ? choices.parts[part] : {};
  if (text) stages[stage] = text;
  else delete stages[stage];
  if (Object.keys(stages).length) choices.parts[part] = stages;
  else delete choices.parts[part];
}

/** True if no method is chosen. @param {Choices} choices */
export function isEmpty(choices) {
  return !Object.values(choices.methods).some(Boolean) && !Object.keys(choices.parts).length;
}
