// Runs the demo shop for the browser tests: a free port, a data folder that goes with the process,
// and no outside service, whatever the developer's environment says. What the server prints goes to
// server.log too.
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.SHOPDESK_BIN;
if (!binary) {
  console.error("SHOPDESK_BIN must name the shopdesk executable; ./dev test browser does it");
  process.exit(2);
}

const OUTSIDE = /^(DATABASE_URL|REDIS_URL|SMTP_URL|OPENAI_.*|S3_.*)$/;
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !OUTSIDE.test(name)),
);
const dataDir = mkdtempSync(join(tmpdir(), "shopdesk-end2end-"));
const server = spawn(
  binary,
  ["serve", "--demo", "--addr", "127.0.0.1:0", "--data-dir", dataDir],
  { env: { ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] },
);

const log = createWriteStream("server.log");
for (const stream of [server.stdout, server.stderr]) {
  stream.pipe(log, { end: false });
  stream.pipe(process.stdout, { end: false });
}
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.kill(signal));
server.on("error", (error) => {
  console.error(`${binary}: ${error.message}`);
  process.exitCode = 1;
});
server.on("close", (code) => {
  rmSync(dataDir, { recursive: true, force: true });
  process.exitCode ||= code ?? 1;
});
