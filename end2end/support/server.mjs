// Runs the executable for a test: a free port, a data folder that goes with the process, and no
// outside service, whatever the developer's environment says.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const OUTSIDE = /^(DATABASE_URL|REDIS_URL|SMTP_URL|OPENAI_.*|S3_.*|SHOPDESK_(?!BIN$).*)$/;

/** Starts `shopdesk serve` with further flags. The process's `close` event comes after clean-up. */
export function startProcess(flags) {
  const binary = process.env.SHOPDESK_BIN;
  if (!binary) throw new Error("SHOPDESK_BIN must name the shopdesk executable; ./dev test browser does it");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OUTSIDE.test(name)));
  const dataDir = mkdtempSync(join(tmpdir(), "shopdesk-end2end-"));
  const child = spawn(binary, ["serve", "--addr", "127.0.0.1:0", "--data-dir", dataDir, ...flags], {
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.dataDir = dataDir;
  child.on("close", () => rmSync(dataDir, { recursive: true, force: true }));
  return child;
}

/** Starts a server and waits until it listens. */
export async function startServer(flags = []) {
  const child = startProcess(flags);
  let output = "";
  const port = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const found = /127\.0\.0\.1:([1-9]\d+)/.exec(output);
      if (found) resolve(found[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir: child.dataDir,
    stop: () =>
      new Promise((resolve) => {
        child.on("close", resolve);
        child.kill("SIGTERM");
      }),
  };
}
