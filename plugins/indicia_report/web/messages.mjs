// Read the messages of Python's catalogue, ../messages/LANGUAGE.toml, and write the names of those of the script to src/keys.ts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "..", "messages");

/** The messages of a file by key: a line is `[prefix]`, `name = "text"` or `name = { one = "text", other = "text" }`. */
export function messagesIn(text) {
  const messages = {};
  let prefix = "";
  for (const line of text.split(/\r?\n/)) {
    const [, heading] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, name, value] = /^([\w.]+) = (["{].*)$/.exec(line) ?? [];
    if (heading) prefix = `${heading}.`;
    if (name) messages[prefix + name] = JSON.parse(value.replace(/([{,] )(\w+) = (?=")/g, '$1"$2": '));
  }
  return messages;
}

/** The messages of all languages. */
export const languages = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith(".toml"))
    .map((name) => [name.slice(0, -".toml".length), messagesIn(readFileSync(join(folder, name), "utf8"))]),
);

if (argv[1] === fileURLToPath(import.meta.url)) {
  const keys = Object.keys(languages.en).filter((key) => !/^(page|method|chart)\./.test(key));
  const lines = keys.map((key) => `  | "${key}"\n`).join("");
  writeFileSync(join(here, "src", "keys.ts"), `// Written by messages.mjs: the messages of ../messages that the script uses.\nexport type Key =\n${lines.trimEnd()};\n`);
}
