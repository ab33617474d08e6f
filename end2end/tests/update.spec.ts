// A page that is loaded while servers are updated: its script and its WebAssembly may be of two versions.
import { expect, test } from "../support/test";

const OTHER_VERSION = { contentType: "application/wasm", body: Buffer.from("not of this version") };

test("a page whose files don't fit is loaded once more", async ({ open, watch }) => {
  watch.allow(/wasm/i);
  const page = await open();
  let asked = 0;
  await page.route("**/pkg/*/shopdesk.wasm", (route) =>
    asked++ === 0 ? route.fulfill(OTHER_VERSION) : route.continue(),
  );
  await page.goto("/sign-in");
  // Only the hydrated page answers without leaving.
  await expect.poll(() => asked).toBe(2);
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => Object.assign(window, { isStillThisPage: true }));
  watch.allow(/Failed to load resource.*401/);
  await page.getByLabel("Email").fill("nobody@example.com");
  await page.getByLabel("Password").fill("a wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
  expect(await page.evaluate(() => "isStillThisPage" in window)).toBe(true);
});

test("a page whose files never fit is not loaded for ever", async ({ open, watch }) => {
  watch.allow(/wasm/i);
  // The page gives up, and says so.
  watch.allow(/^exception/);
  const page = await open();
  let loads = 0;
  page.on("framenavigated", () => loads++);
  await page.route("**/pkg/*/shopdesk.wasm", (route) => route.fulfill(OTHER_VERSION));
  await page.goto("/sign-in");
  await expect.poll(() => loads).toBe(2);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(1_000);
  expect(loads).toBe(2);
  await expect(page.getByLabel("Email")).toBeVisible();
});
