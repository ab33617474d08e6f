// The developer's loop: `./dev watch` serves the demo shop, and a saved change reaches the open page.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

const SOURCES = join(import.meta.dirname, "../..");
const TEXT = "Welcome back to your store's support desk.";
const CHANGED = "Welcome back. This text has just been saved.";
const BUILD_MS = 35 * 60_000;

/** Whatever listens on the ports that cargo-leptos uses would be taken for what is tested. */
const ADDRESS = "http://127.0.0.1:3000";

test("a saved change reaches the open page, and what is served has the shipped files' names", async ({ page }) => {
  const copy = mkdtempSync(join(tmpdir(), "shopdesk-watch-"));
  const isSource = (path: string) => !/\/(node_modules|\.git|target|data|test-results)(\/|$)/.test(path.slice(SOURCES.length));
  cpSync(SOURCES, copy, { recursive: true, filter: isSource });
  const shipped = readdirSync(join(SOURCES, "dist/app/pkg"));

  // A group of its own: what it starts ends with it.
  const watch = spawn("./dev", ["watch"], { cwd: copy, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [watch.stdout, watch.stderr]) stream.on("data", (chunk) => (log += chunk));
  try {
    const isServed = async () => {
      if (watch.exitCode !== null) throw new Error(`./dev watch ended with ${watch.exitCode}`);
      return page.goto(`${ADDRESS}/sign-in`).then(() => page.getByText(TEXT).count(), () => 0);
    };
    await expect.poll(isServed, { timeout: BUILD_MS, intervals: [2_000] }).toBe(1);

    const file = join(copy, "app/src/account/sign_in.rs");
    const before = readFileSync(file, "utf8");
    expect(before).toContain(TEXT);
    writeFileSync(file, before.replace(TEXT, CHANGED));
    // Nobody reloads: the page does it by itself.
    await expect(page.getByText(CHANGED)).toBeVisible({ timeout: BUILD_MS });
    await expect(page.getByLabel("Email")).toBeEditable();

    const served = readdirSync(join(copy, "dist/app/pkg"));
    // What loads the areas is a file of its own here, and so is what some of them share.
    const names = (files: string[]) =>
      files.filter((name) => /\.(js|css|wasm)$/.test(name) && !/^(chunk_|__wasm_split)/.test(name)).sort();
    expect(names(served)).toEqual(names(shipped));
  } catch (error) {
    console.error(log.split("\n").slice(-60).join("\n"));
    throw error;
  } finally {
    if (watch.exitCode === null && watch.pid) process.kill(-watch.pid, "SIGTERM");
    rmSync(copy, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
});
