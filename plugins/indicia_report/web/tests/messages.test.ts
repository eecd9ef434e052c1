import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { languages, messagesIn } from "../messages.mjs";
import { type Message, Speaker } from "../src/say";
import { textNodes } from "./text-nodes";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (path: string): string => readFileSync(path, "utf8");
const files = (folder: string, endings: string[]): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.includes("node_modules"))
    .map((name) => join(folder, name));

type Language = Readonly<Record<string, Message>>;
const forms = (message: Message): string[] => (typeof message === "string" ? [message] : Object.values(message));
const slots = (message: Message): string[] => [...new Set(forms(message).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, slot]) => slot)))].sort();

/** Differences between the messages of a language and the English ones. */
function differences(language: string, own: Language, english: Language): string[] {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  const keys = [...new Set([...Object.keys(own), ...Object.keys(english)])];
  return keys.flatMap((key) => {
    if (!(key in own)) return [`${key} is missing`];
    if (!(key in english)) return [`${key} is not English`];
    // a form for one may leave the number out
    const mustHave = slots(english[key]).filter((slot) => slot !== "count");
    const found = slots(own[key]);
    const hasAll = mustHave.every((slot) => found.includes(slot)) && found.every((slot) => slots(english[key]).includes(slot) || slot === "count");
    const plural = own[key];
    const wrong = typeof plural === "string" ? [] : Object.keys(plural).filter((form) => !pluralCategories.includes(form as Intl.LDMLPluralRule));
    const lacks = typeof plural === "string" || "other" in plural ? [] : ["other"];
    return [...(hasAll ? [] : [`${key} has other slots: ${found.join(", ")}`]), ...[...wrong, ...lacks].map((form) => `${key}: the form ${form}`)];
  });
}

test("a file of messages is read", () => {
  const file = 'language.name = "English"\nlanguage.complete = true\n\n# remark\n[nav]\nunits = { one = "a \\"unit\\", one", other = "{count} = all" }\n';
  expect(messagesIn(file)).toEqual({ "language.name": "English", "nav.units": { one: 'a "unit", one', other: "{count} = all" } });
});

test("there are English and Chinese messages", () => {
  expect(Object.keys(languages)).toEqual(expect.arrayContaining(["en", "zh"]));
});

test.each(Object.keys(languages))("%s has the keys, slots and plurals of the English messages", (language) => {
  expect(differences(language, languages[language], languages.en)).toEqual([]);
});

test("a difference is found", () => {
  const english = { a: "{x} of {y}", b: "b", c: { one: "one", other: "{count}" } };
  expect(differences("zh", { a: "{x}", c: { one: "1", other: "{count}" }, d: "d" }, english)).toEqual([
    "a has other slots: x",
    "c: the form one",
    "d is not English",
    "b is missing",
  ].sort((x, y) => "acdb".indexOf(x[0]) - "acdb".indexOf(y[0])));
});

test("a third language is one file", () => {
  const mock = Object.fromEntries(Object.entries(languages.en).map(([key, message]) => [key, { other: `«${forms(message).at(-1)}»` }]));
  expect(differences("id", mock, languages.en)).toEqual([]);
  const speaker = new Speaker({ en: languages.en, id: mock }, "id");
  expect(speaker.say("headline.unranked", { count: 2 })).toBe("«2 units are scored but not ranked.»");
});

const prefixes = new Set(Object.keys(languages.en).map((key) => key.split(".")[0]));
const prefixed = new RegExp(`"((?:${[...prefixes].join("|")})\\.[a-z_.]+)"`, "g");
const sources = [...files(join(web, "src"), [".ts", ".tsx"]), ...files(join(web, ".."), [".py"])].map(read).join("\n");
const fileNames = /\.(?:js|css|html)$/;
const used = new Set([...sources.matchAll(prefixed)].map(([, key]) => key).filter((key) => !fileNames.test(key)));

test("every key in the sources is a message", () => {
  expect([...used].filter((key) => !(key in languages.en))).toEqual([]);
});

test("every message is used", () => {
  const free = ["language.name"]; // reasons come from the data: why.KEY; pytest looks for the use of Python's messages
  const elsewhere = /^(?:why|page|method|chart)\./;
  expect(Object.keys(languages.en).filter((key) => !used.has(key) && !free.includes(key) && !elsewhere.test(key))).toEqual([]);
});

test.each(files(join(web, "src"), [".tsx"]).map((path) => [path.slice(web.length + 1), path]))("%s holds no text of its own", (_, path) => {
  expect(textNodes(read(path))).toEqual([]);
});

test("a text between tags and in an attribute is found", () => {
  const source = 'const x = <p title="A title" class="quiet" aria-label={`Pin ${name}`}>Some text {"\\u00a0"}{open ? "yes" : say("a.b")}{1}</p>;';
  expect(textNodes(source)).toEqual(["A title", "Pin ", "Some text", "yes"]);
});
