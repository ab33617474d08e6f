// Holds both front ends against their byte budgets, in brotli bytes as a browser receives them.
//
// The settings a page load fetches are JSON made by the server (names, greeting, the texts of the
// shopper's language); how large their reply may become is an assumption, with room to spare.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const CONFIG_REPLY = 2_000;
// The dashboard's first file is what its landing page, the inbox, waits for. Every other file of
// WebAssembly comes with an area of pages, or is what several areas need.
const FIRST = "dashboard's first WebAssembly";
const AREA = 120_000;
const BUDGETS = {
  [FIRST]: 350_000,
  "page load of a shop": 6_000,
  "everything to an open chat": 140_000,
};

// The compressed form, made with the front end. Without it the file is sent as it is.
function sent(file) {
  const compressed = `${file}.br`;
  if (existsSync(compressed)) return statSync(compressed).size;
  if (existsSync(file)) return statSync(file).size;
  console.error(`${file} is missing: build the front ends first`);
  process.exit(1);
}
const files = (folder) =>
  readdirSync(folder)
    .filter((name) => /\.(js|css|wasm)$/.test(name))
    .map((name) => [name, sent(join(folder, name))]);

let isTooLarge = false;
function row(what, size, budget = BUDGETS[what]) {
  const verdict = budget ? ` of ${budget}${size > budget ? "  TOO LARGE" : ""}` : "";
  isTooLarge ||= size > budget;
  console.log(what.padEnd(44) + String(size).padStart(8) + verdict);
}

console.log("brotli bytes".padStart(52));
for (const [name, size] of files("dist/app/pkg")) {
  if (name === "shopdesk.wasm") row(FIRST, size);
  else row(`  ${name}`, size, name.endsWith(".wasm") ? AREA : undefined);
}
const loader = sent("dist/widget/loader.js");
row("  loader", loader);
row("page load of a shop", loader + CONFIG_REPLY);
const chat = files("dist/widget/widget");
for (const [name, size] of chat) row(`  ${name}`, size);
row("everything to an open chat", chat.reduce((sum, [, size]) => sum + size, loader + CONFIG_REPLY));
process.exit(isTooLarge ? 1 : 0);
