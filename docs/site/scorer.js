// The order of the results of a search: words of the field and guides first, histories last.
const weight = (document, anchor) => {
  if (document === "words-of-the-field") return anchor ? 4 : 1;
  if (/^(decisions\/|changelog|contributing|examples\/)/.test(document)) return 0.3;
  if (/^(api|hooks)\//.test(document)) return 0.6;
  return 1;
};

var Scorer = {
  score: ([document, , anchor, , score]) => score * weight(document, anchor),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
