// Puts the compressed forms of a front end's files beside them, and the version of its files into
// the loader: compress.mjs FOLDER FILES, where FILES is the folder in it whose addresses change
// with their content.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [folder, files] = process.argv.slice(2);

// Smaller files are not worth it; the others are compressed by their format.
const COMPRESS_FROM = 1_000;
const COMPRESSIBLE = /\.(js|css|wasm|svg|txt)$/;
const VERSION_PLACEHOLDER = "__BUILD__";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

// As the server makes it (server/src/assets.rs); a test compares the two.
function version(folder) {
  const names = readdirSync(folder).sort();
  const hashes = names.map((name) => sha256(readFileSync(join(folder, name))));
  return sha256(Buffer.concat(hashes)).subarray(0, 9).toString("base64url");
}

const loader = join(folder, "loader.js");
if (existsSync(loader)) {
  const script = readFileSync(loader, "utf8");
  writeFileSync(loader, script.replaceAll(VERSION_PLACEHOLDER, version(join(folder, files))));
}

for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!COMPRESSIBLE.test(path) || !statSync(path).isFile()) continue;
  const bytes = readFileSync(path);
  if (bytes.length < COMPRESS_FROM) continue;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
