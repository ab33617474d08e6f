// The dashboard's areas are loaded when somebody comes to them: what if that is slow, or can't be?
import { expect, gotoLive, test } from "../support/test";

const ORDERS = "**/pkg/*/split_orders.wasm";

test("a page names the files of its area, and the inbox waits for none", async ({ dashboard, demo, request, signedIn }) => {
  const page = await dashboard(`/stores/${demo.id}/inbox`);
  const preloaded = () =>
    page.locator('link[rel="preload"][as="fetch"]').evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href));
  expect((await preloaded()).map((file) => file.split("/").at(-1))).toEqual(["shopdesk.wasm"]);
  await gotoLive(page, `/stores/${demo.id}/orders`);
  const files = await preloaded();
  expect(files.map((file) => file.split("/").at(-1))).toEqual(["shopdesk.wasm", expect.stringMatching(/^chunk_/), "split_orders.wasm"]);
  // Each of them once: what is preloaded is what is loaded.
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
  for (const file of files) expect(loaded.filter((name) => name === file)).toHaveLength(1);
});

test("the page before stays until the next one is loaded", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}/inbox`);
  let send = () => {};
  const isAsked = new Promise<void>((asked) =>
    page.route(ORDERS, async (route) => {
      asked();
      await new Promise<void>((sent) => (send = sent));
      await route.continue();
    }),
  );
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await isAsked;
  await page.waitForTimeout(500);
  await expect(page.getByRole("heading", { name: "Chat Inbox" })).toBeVisible();
  await expect(page.locator("#content")).toHaveAttribute("aria-busy", "true");
  send();
  await expect(page.getByRole("heading", { name: "Orders", exact: true })).toBeVisible();
  await expect(page.locator("#content")).not.toHaveAttribute("aria-busy");
  await expect(page.getByRole("heading", { name: "Chat Inbox" })).toBeHidden();
});

test("a page that the server no longer has is loaded from it anew", async ({ dashboard, demo, watch }) => {
  watch.allow(/404|WebAssembly/);
  const page = await dashboard(`/stores/${demo.id}/inbox`);
  await page.evaluate(() => Object.assign(window, { isStillThisPage: true }));
  let isNewPage = false;
  page.on("request", (request) => (isNewPage ||= request.isNavigationRequest()));
  // As a newer server answers to the old address.
  await page.route(ORDERS, (route) => (isNewPage ? route.continue() : route.fulfill({ status: 404 })));
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Orders", exact: true })).toBeVisible();
  expect(await page.evaluate(() => "isStillThisPage" in window)).toBe(false);
  await expect(page).toHaveURL(/\/orders$/);
});

test("a page that can't be loaded says so, and comes when it is asked for again", async ({ dashboard, demo, watch }) => {
  watch.allow(/net::|Failed to fetch/);
  const page = await dashboard(`/stores/${demo.id}/inbox`);
  await page.evaluate(() => Object.assign(window, { isStillThisPage: true }));
  await page.route(/\/orders$|split_orders\.wasm/, (route) => route.abort("internetdisconnected"));
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  const failed = page.getByRole("alert").filter({ hasText: "This page could not be loaded" });
  await expect(failed).toBeVisible();
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(failed).toBeVisible();
  // Everything else goes on.
  await page.getByRole("link", { name: "Chat Inbox" }).click();
  await expect(page.getByRole("heading", { name: "Chat Inbox" })).toBeVisible();
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await expect(failed).toBeVisible();

  await page.unroute(/\/orders$|split_orders\.wasm/);
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Orders", exact: true })).toBeVisible();
  expect(await page.evaluate(() => "isStillThisPage" in window)).toBe(true);
});

test("a page from the server whose area is missing is loaded once more, and can be read all the same", async ({
  open,
  demo,
  signedIn,
  watch,
}) => {
  watch.allow(/404|WebAssembly/);
  // It gives up in the end, and says so.
  watch.allow(/^exception|could not be loaded/);
  const page = await open({ storageState: signedIn.cookies });
  let loads = 0;
  page.on("framenavigated", () => loads++);
  await page.route(ORDERS, (route) => route.fulfill({ status: 404 }));
  await page.goto(`/stores/${demo.id}/orders`);
  await expect.poll(() => loads).toBe(2);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(1_000);
  expect(loads).toBe(2);
  await expect(page.getByRole("heading", { name: "Orders", exact: true })).toBeVisible();
});
