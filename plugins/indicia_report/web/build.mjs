// Build ../page: page.js, page.css, and built.json with the checksum of every source and every output.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "page");
const text = (...path) => readFileSync(join(here, ...path), "utf8").replaceAll("\r\n", "\n");
const files = (folder, ending) =>
  readdirSync(join(here, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(ending))
    .sort();

const licence = text("node_modules", "preact", "LICENSE").trim().replaceAll("*/", "");
const settings = { bundle: true, minify: true, charset: "utf8", legalComments: "none", write: false, logLevel: "warning" };
const bundle = await esbuild.build({
  ...settings,
  absWorkingDir: here,
  entryPoints: ["src/main.tsx"],
  format: "iife",
  target: "es2022",
  // h(…) is shorter than the automatic runtime's jsx(…, { children })
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  inject: ["src/jsx.ts"],
  tsconfigRaw: "{}",
});
// terser saves 7 % of the compressed bytes that esbuild leaves
const { code } = await minify(bundle.outputFiles[0].text, { ecma: 2022, compress: { passes: 3 }, format: { comments: false } });
const script = `/* With Preact:\n${licence}\n*/\n${code}`;
if (/<\/script/i.test(script)) throw new Error("page.js holds </script, which would end the element that holds it");

const style = await esbuild.transform(files("css", ".css").map((name) => text(name)).join("\n"), {
  loader: "css",
  minify: true,
  charset: "utf8",
  target: ["chrome111", "firefox113", "safari16.4"],
});
if (/<\/style/i.test(style.code)) throw new Error("page.css holds </style, which would end the element that holds it");

const outputs = {
  "page.css": style.code,
  "page.js": script,
};

const checksum = (content) => createHash("sha256").update(content).digest("hex");
const sources = ["build.mjs", "package-lock.json", "package.json", "tsconfig.json"];
sources.push(...files("css", ".css"), ...files("src", ".ts"), ...files("src", ".tsx"));
const built = {
  sources: Object.fromEntries(sources.map((name) => [relative(".", name).split(sep).join("/"), checksum(text(name))]).sort()),
  outputs: Object.fromEntries(Object.entries(outputs).map(([name, content]) => [name, checksum(content)])),
};
mkdirSync(out, { recursive: true });
for (const [name, content] of Object.entries(outputs)) writeFileSync(join(out, name), content);
writeFileSync(join(out, "built.json"), `${JSON.stringify(built, null, 1)}\n`);
const sizes = (content) => `${(Buffer.byteLength(content) / 1000).toFixed(1)} kB, gzip ${(gzipSync(content, { level: 9 }).length / 1000).toFixed(1)} kB`;
for (const [name, content] of Object.entries(outputs)) console.log(name, sizes(content));
