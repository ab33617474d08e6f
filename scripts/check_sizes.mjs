// Holds the widget against its byte budgets, in brotli bytes as a browser receives them:
// check_sizes.mjs [--config-reply-bytes N]
//
// The settings a page load fetches are JSON made by the server; how large their reply may become
// (names, greeting, cues and the texts of the longest language; headers left out) is an
// assumption, with room to spare.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";

const { values } = parseArgs({
  options: { "config-reply-bytes": { type: "string", default: "2500" } },
});
const configReply = Number(values["config-reply-bytes"]);

const LOADER = "widget/loader/loader.js";
const WINDOW = "dist/widget/widget";

const compressed = (file) =>
  brotliCompressSync(readFileSync(file), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
  }).length;

const loader = compressed(LOADER);
const window = readdirSync(WINDOW)
  .filter((name) => /\.(js|css|wasm)$/.test(name))
  .map((name) => [name, compressed(join(WINDOW, name))]);
for (const kind of ["js", "css", "wasm"]) {
  if (!window.some(([name]) => name.endsWith(`.${kind}`))) {
    console.error(`${WINDOW} has no ${kind} file: build the front ends first`);
    process.exit(1);
  }
}

const pageLoad = loader + configReply;
const openChat = window.reduce((sum, [, size]) => sum + size, pageLoad);
const row = (what, size, budget) =>
  console.log(
    what.padEnd(44) +
      String(size).padStart(8) +
      (budget ? ` of ${budget}${size > budget ? "  TOO LARGE" : ""}` : ""),
  );

console.log("brotli bytes".padStart(52));
row("loader", loader, 5_000);
row(`page load (+ settings, taken as ${configReply})`, pageLoad, 8_000);
for (const [name, size] of window) row(`  ${name}`, size);
row("everything to an open chat", openChat, 150_000);
process.exit(loader > 5_000 || pageLoad > 8_000 || openChat > 150_000 ? 1 : 0);
