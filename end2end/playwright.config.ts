import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// Debian's Chromium, or the one CHROMIUM_PATH names, or else Playwright's own.
const chromium =
  process.env.CHROMIUM_PATH ??
  (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);

export default defineConfig({
  testDir: "tests",
  // The specs share one demo server and its data.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // For a slow machine that does other things too; nothing here is a measurement.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    // Set by Playwright out of the server's own announcement, see `wait`.
    baseURL: `http://127.0.0.1:${process.env.END2END_PORT}`,
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: "node server.mjs",
    // The server picks a free port and says which.
    wait: { stdout: /127\.0\.0\.1:(?<end2end_port>[1-9]\d+)/ },
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    timeout: 60_000,
  },
});
