import { expect, test } from "vitest";
import { languages } from "../messages.mjs";
import { byLanguage, Speaker } from "../src/say";

const { en, zh } = languages;

const english = new Speaker({ en, zh }, "en");
const chinese = new Speaker({ en, zh }, "zh");

test("a sentence has its slots filled", () => {
  expect(english.say("figure.unit", { unit: "Suzhou", score: "41.9", rank: 3 })).toBe("Suzhou: 41.9, rank 3");
});

test("a number decides the form of a sentence", () => {
  expect(english.say("headline.unranked", { count: 1 })).toBe("One unit is scored but not ranked.");
  expect(english.say("headline.unranked", { count: 1234 })).toBe("1,234 units are scored but not ranked.");
  expect(chinese.say("headline.unranked", { count: 1 })).toContain("1");
});

test("slots may be elements", () => {
  const element = { type: "a" };
  expect(english.tell("headline.alone", { unit: element as never, score: "0.9" })).toEqual(["", element, " leads with ", "0.9", "."]);
});

test("a slot's value is never read as a slot", () => {
  expect(english.say("figure.unit", { unit: "{score}", score: "1", rank: "$&" })).toBe("{score}: 1, rank $&");
});

test("numbers have a minus sign, and a space that does not break before per cent", () => {
  expect(english.number(-1234.5, 1)).toBe("−1,234.5");
  expect(english.number(-0.0004, 3)).toBe("0.000");
  expect(english.number(NaN, 1)).toBe("–");
  expect(english.signed(0.05, 1)).toBe("+0.1");
  expect(english.signed(0.04, 1)).toBe("0.0");
  expect([0.623, 0.001, 0.999, 0, 1].map((share) => english.percent(share))).toEqual(["62\u00a0%", "<\u00a01\u00a0%", ">\u00a099\u00a0%", "0\u00a0%", "100\u00a0%"]);
  expect(english.significant(0.123456)).toBe("0.1235");
  expect(english.significant(123456.7)).toBe("123,457");
});

test("lists follow the language", () => {
  expect(english.list(["A", "B", "C"]).join("")).toBe("A, B and C");
  expect(chinese.list(["A", "B", "C"]).join("")).toBe("A、B和C");
});

test("a text falls back to the first language", () => {
  expect(chinese.text({ en: "Air" })).toBe("Air");
  expect(english.text(null)).toBe("");
});

test("a language that the browser does not know is no error", () => {
  expect(new Speaker({ en }, "not a language").say("headline.unranked", { count: 2 })).toContain("2");
});

test("a page has each key of a message once, with the message in each of its languages", () => {
  const written = { languages: ["zh", "en"], messages: { "nav.results": ["结果", "Results"], "nav.time": [null, "Over time"] } };
  expect(byLanguage(written)).toEqual({ zh: { "nav.results": "结果" }, en: { "nav.results": "Results", "nav.time": "Over time" } });
});
