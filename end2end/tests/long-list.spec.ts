// An inbox with more conversations than a page should hold: only the rows around what is in sight
// stand in it, and nobody notices.
import { type APIRequestContext, request as requests } from "@playwright/test";
import { Merchant, Shopper, type Store } from "../support/api";
import { startServer } from "../support/server.mjs";
import { expect, gotoLive, test } from "../support/test";

const COUNT = 300;
/** Rows that may stand in the page. */
const MOST = 70;

// A server of its own: so many messages from one address would be refused.
let server: Awaited<ReturnType<typeof startServer>>;
let request: APIRequestContext;
let store: Store;
let cookies: { cookies: never[]; origins: never[] };
const shoppers: Shopper[] = [];

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await startServer(["--demo", "--no-rate-limits"]);
  request = await requests.newContext({ baseURL: server.url });
  const merchant = await Merchant.signIn(request);
  store = await merchant.createStore("Long List", { chat: { enabled: true } });
  for (let at = 0; at < COUNT; at++) {
    const body = at % 3 === 0 ? "I want to talk to a human, please" : "Hello";
    shoppers.push(await Shopper.write(request, store, body, { name: `Shopper ${at}` }));
  }
  cookies = (await request.storageState()) as never;
});

test.afterAll(async () => {
  await request?.dispose();
  await server?.stop();
});

/** The row of the shopper who wrote as the n-th of all, from 0. */
const row = (at: number) => `#row-${shoppers[at].conversation}`;

test("three hundred rows are scrolled through, to the end and back, and few stand in the page", async ({ open }) => {
  test.slow();
  const page = await open({ baseURL: server.url, storageState: cookies });
  await gotoLive(page, `/stores/${store.id}/inbox`);
  const list = page.locator(".inbox-rows");
  const items = page.locator(".row-item");
  await expect(items).toHaveCount(50);
  await expect(items.first()).toHaveAttribute("aria-posinset", "1");
  // Nobody knows yet how many there are.
  await expect(items.first()).toHaveAttribute("aria-setsize", "-1");

  // What is in sight is rows without a gap, in their order, and no more than a few are there.
  const whole = () =>
    list.evaluate((list) => {
      const { top, bottom } = list.getBoundingClientRect();
      const rows = [...list.querySelectorAll(".row-item:not(.is-apart)")].map((row) => ({
        ...row.getBoundingClientRect().toJSON(),
        place: Number(row.getAttribute("aria-posinset")),
      }));
      const seen = rows.filter((row) => row.bottom > top && row.top < bottom);
      const gaps = seen.filter((row, at) => at > 0 && (Math.abs(row.top - seen[at - 1].bottom) > 1 || row.place !== seen[at - 1].place + 1));
      const last = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
      return { count: rows.length, fills: seen[0]?.top <= top && (last || seen.at(-1).bottom >= bottom), gaps: gaps.length, last: seen.at(-1)?.place, first: seen[0]?.place };
    });
  await list.hover();
  for (const by of [600, -600]) {
    const end = by > 0 ? COUNT : 1;
    await expect(async () => {
      for (let at = 0; at < 4; at++) {
        await page.mouse.wheel(0, by);
        await page.waitForTimeout(30);
        const seen = await whole();
        expect(seen.count).toBeLessThanOrEqual(MOST);
        expect(seen.gaps).toBe(0);
      }
      const seen = await whole();
      expect(seen).toMatchObject({ fills: true });
      expect(by > 0 ? seen.last : seen.first).toBe(end);
    }).toPass({ timeout: 60_000, intervals: [10] });
    if (by > 0) {
      await expect(page.locator(row(0))).toBeInViewport();
      await expect(items.last()).toHaveAttribute("aria-setsize", String(COUNT));
    }
  }
  await expect(page.locator(row(COUNT - 1))).toBeInViewport();
  // By the bar, too: nothing is drawn on the way.
  await list.evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
  await expect.poll(async () => (await whole()).fills).toBe(true);
  expect((await whole()).count).toBeLessThanOrEqual(MOST);
});

test("j and k walk over the edge of what stands in the page, and a focused row keeps the focus", async ({ open }) => {
  test.slow();
  const page = await open({ baseURL: server.url, storageState: cookies });
  const at = COUNT - 41;
  await gotoLive(page, `/stores/${store.id}/inbox/${shoppers[at].conversation}`);
  // The open one is in sight after a reload, though it is far down.
  await expect(page.locator(row(at))).toBeInViewport();
  await expect(page.locator(row(at))).toHaveAttribute("aria-current", "true");
  await page.locator(".thread-scroll").focus();
  for (let step = 1; step <= 45; step++) {
    await page.keyboard.press("j");
    await expect(page.locator(row(at - step))).toBeFocused();
    await expect(page.locator(row(at - step))).toBeInViewport();
    // The address follows a moment later.
    await expect(page.locator(row(at - step))).toHaveAttribute("aria-current", "true");
  }
  const here = row(at - 45);
  // Far away from it, it still has the focus, and takes no room.
  const list = page.locator(".inbox-rows");
  await list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await expect(page.locator(row(at - 45 - 40))).toBeAttached();
  await list.evaluate((list) => list.scrollTo(0, 0));
  await expect(page.locator(row(COUNT - 1))).toBeInViewport();
  await expect(page.locator(here)).toBeFocused();
  await expect(page.locator(".row-item.is-apart")).toHaveCount(1);
  // From there it goes on beside it, and not beside what is in sight.
  await page.keyboard.press("k");
  await expect(page.locator(row(at - 44))).toBeFocused();
  await expect(page.locator(row(at - 44))).toBeInViewport();
  await expect(page.locator(".row-item.is-apart")).toHaveCount(0);
});

test("a message moves nothing far down the list, and rows out of the page are selected by Shift", async ({ open }) => {
  test.slow();
  const page = await open({ baseURL: server.url, storageState: cookies });
  await gotoLive(page, `/stores/${store.id}/inbox`);
  const list = page.locator(".inbox-rows");
  const pick = (at: number) => page.getByRole("checkbox", { name: `Select Shopper ${at}`, exact: true });
  await page.getByRole("button", { name: "Select conversations" }).click();
  await pick(COUNT - 1).check();
  await list.hover();
  const here = page.locator(row(COUNT - 120));
  for (let at = 0; at < 100; at++) {
    await page.mouse.wheel(0, 300);
    await page.waitForTimeout(30);
    if (await here.evaluateAll(([here]) => here?.getBoundingClientRect().top < innerHeight - 100)) break;
  }
  await expect(here).toBeInViewport();
  await expect(page.locator(row(COUNT - 1))).not.toBeInViewport();
  const before = await here.boundingBox();
  // One out of the page, one that stands there, and a new one.
  await shoppers[COUNT - 3].add("Still there?");
  await shoppers[COUNT - 121].add("Hello again");
  await expect(page.getByRole("button", { name: "2 new" })).toBeVisible();
  await expect(page.locator(row(COUNT - 121))).toContainText("Hello again");
  expect(await here.boundingBox()).toEqual(before);

  await pick(COUNT - 120).click({ modifiers: ["Shift"] });
  await expect(page.getByRole("toolbar", { name: "Selected conversations" }).getByRole("status")).toHaveText("120 selected");
  await page.getByRole("button", { name: "2 new" }).click();
  await expect(list).toHaveJSProperty("scrollTop", 0);
  await expect(page.locator(".row-item").first()).toContainText("Hello again");
  await expect(pick(COUNT - 1)).toBeChecked();
});
