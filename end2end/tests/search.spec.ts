// Search in the inbox: as one types, by key, at the message.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { Shopper, type Store } from "../support/api";
import { expect, gotoLive, test, unique } from "../support/test";

const field = (page: Page) => page.getByRole("searchbox", { name: "Search conversations" });
const found = (page: Page) => page.locator(".found");
const links = (page: Page) => page.locator(".found-link");
const filter = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Narrow the search" }).getByRole("link", { name, exact: true });

/** What was written a moment ago may not be in the index yet: asks until it is. */
async function look(page: Page, store: Store, q: string, count: number) {
  await expect(async () => {
    const fields = { store: store.id, "search[q]": q };
    const reply = await page.request.post("/api/app/inbox/search", { form: fields });
    expect((await reply.json()).items.length).toBe(count);
  }).toPass();
}

async function talk(merchant: { createStore(name: string, settings: object): Promise<Store> }, request: Parameters<typeof Shopper.write>[0]) {
  const store = await merchant.createStore(unique("Searching"), { chat: { enabled: true } });
  const jane = await Shopper.write(request, store, "The blue lamp flickers", { name: "Jürgen Schmidt", email: "js@example.com" });
  const tim = await Shopper.write(request, store, "Do you ship a lamp to Norway?", { name: "Tim" });
  return { store, jane, tim };
}

test("a message is found while one types, and opens where it stands", async ({ dashboard, merchant, request }) => {
  const { store, jane } = await talk(merchant, request);
  for (let n = 0; n < 90; n += 1) await jane.add(n === 20 ? "It has a crème shade" : `Line ${n} of many`);
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await look(page, store, "creme", 1);
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await field(page).pressSequentially("lam");
  await expect(found(page)).toHaveCount(2);
  await expect(page.getByText("2 conversations")).toBeVisible();
  await expect(found(page).first().locator("mark").first()).toHaveText("lam");
  await expect(page).toHaveURL(/[?&]q=lam/);

  await field(page).fill("creme sha");
  await expect(found(page)).toHaveCount(1);
  await expect(links(page).nth(1).locator("mark")).toHaveText(["crème", "sha"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(links(page).nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  const message = page.getByRole("log").locator(".is-found");
  await expect(message).toContainText("It has a crème shade");
  await expect(message).toBeInViewport();
  // In the middle, with what was said before and after it.
  const box = await message.boundingBox();
  expect(box && box.y > 150 && box.y < 700).toBe(true);
  await expect(page.getByRole("log").getByText("Line 19 of many")).toBeAttached();
  await expect(page.getByRole("log").getByText("Line 89 of many")).toBeAttached();
  await expect(field(page)).toHaveValue("creme sha");

  // The address is enough.
  await gotoLive(page, page.url());
  await expect(message).toBeInViewport();
  await expect(found(page)).toHaveCount(1);
  // One step back at a time: the list of results, the list.
  await page.goBack();
  await page.goBack();
  await expect(page.locator(".row").first()).toBeVisible();
});

test("names are found with a slip, and filters narrow it down", async ({ dashboard, merchant, request }) => {
  const { store } = await talk(merchant, request);
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await look(page, store, "lamp", 2);
  await field(page).fill("jurgen schmdit");
  await expect(found(page)).toHaveCount(1);
  await expect(found(page).locator("mark")).toHaveText(["Jürgen", "Schmidt"]);
  await field(page).fill("lamp");
  await expect(found(page)).toHaveCount(2);
  await filter(page, "Resolved").click();
  await expect(page.getByText("No results for “lamp”")).toBeVisible();
  await expect(page).toHaveURL(/status=resolved/);
  await page.getByRole("link", { name: "Search without filters" }).click();
  await expect(found(page)).toHaveCount(2);
  await filter(page, "Team").click();
  await expect(page.getByText("No results for “lamp”")).toBeVisible();
  await filter(page, "Team").click();
  await filter(page, "7 days").click();
  await expect(found(page)).toHaveCount(2);
  // Escape ends it, and the list is there again.
  await field(page).focus();
  await page.keyboard.press("Escape");
  await expect(field(page)).toHaveValue("");
  await expect(page.locator(".inbox-rows .row")).toHaveCount(2);
});

test("a slash in the reply box is no search", async ({ dashboard, merchant, request }) => {
  const { store, jane } = await talk(merchant, request);
  await merchant.addCannedResponse(store, { keyword: "hello", title: "Hello", text: "Hello there", category: "", mine: false });
  const page = await dashboard(`/stores/${store.id}/inbox/${jane.conversation}`);
  await page.getByLabel("Your reply").pressSequentially("/");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expect(field(page)).not.toBeFocused();
});

test("a failed search can be tried again", async ({ dashboard, merchant, request, watch }) => {
  watch.allow(/inbox\/search/);
  const { store } = await talk(merchant, request);
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await look(page, store, "lamp", 2);
  await page.route("**/api/app/inbox/search**", (route) => route.abort());
  await field(page).fill("lamp");
  await expect(page.locator(".inbox-found .notice")).toBeVisible();
  await page.unroute("**/api/app/inbox/search**");
  await page.locator(".inbox-found").getByRole("button", { name: "Try again" }).click();
  await expect(found(page)).toHaveCount(2);
});

test("the search works as a form without script", async ({ open, dashboard, merchant, request }) => {
  const { store } = await talk(merchant, request);
  const live = await dashboard(`/stores/${store.id}/inbox`);
  await look(live, store, "lamp", 2);
  const page = await open({ javaScriptEnabled: false });
  await page.goto(`/stores/${store.id}/inbox`);
  await page.getByLabel("Email").fill("owner@demo.shop");
  await page.getByLabel("Password").fill("demo-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await field(page).fill("blue lamp");
  await field(page).press("Enter");
  await expect(found(page)).toHaveCount(1);
  await links(page).nth(1).click();
  await expect(page.getByRole("log").locator(".is-found")).toContainText("The blue lamp flickers");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the results can be read by everybody, ${colorScheme}`, async ({ dashboard, merchant, request }) => {
    const { store } = await talk(merchant, request);
    const page = await dashboard(`/stores/${store.id}/inbox`, { colorScheme, reducedMotion: "reduce" });
    await look(page, store, "lamp", 2);
    await field(page).fill("lamp");
    await expect(found(page)).toHaveCount(2);
    await links(page).nth(1).click();
    await expect(page.getByRole("log").locator(".is-found")).toBeVisible();
    for (const q of ["lamp", "nothing like it"]) {
      await field(page).fill(q);
      await expect(page.getByText(q === "lamp" ? "2 conversations" : "No results for")).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
    }
  });
}

test("on a phone one goes from the results to the message and back", async ({ dashboard, merchant, request }) => {
  const { store } = await talk(merchant, request);
  const page = await dashboard(`/stores/${store.id}/inbox`, { viewport: { width: 390, height: 844 } });
  await look(page, store, "lamp", 2);
  await field(page).fill("lamp");
  await expect(found(page)).toHaveCount(2);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await links(page).nth(1).click();
  await expect(page.getByRole("log").locator(".is-found")).toBeInViewport();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(found(page)).toHaveCount(2);
});
