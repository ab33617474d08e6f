// Work on the list: putting conversations off, and finding them again.
import type { Page } from "@playwright/test";
import { Shopper, type Store } from "../support/api";
import { expect, gotoLive, test, unique } from "../support/test";

const tab = (page: Page, name: string) => page.getByRole("navigation", { name: "Status" }).getByRole("link", { name: new RegExp(`^${name}`) });
const row = (page: Page, shopper: Shopper) => page.locator(`.row[href*="${shopper.conversation}"]`);

/** A store with a conversation that is open in the dashboard. */
async function meet(store: Store, request: Parameters<typeof Shopper.write>[0], dashboard: (path: string) => Promise<Page>) {
  const shopper = await Shopper.write(request, store, "Do you have this in blue?", { name: "Jane" });
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await row(page, shopper).click();
  await expect(page.getByRole("log").getByText("Do you have this in blue?")).toBeVisible();
  return { shopper, page };
}

test("a conversation is snoozed by key, undone, and comes back when its shopper writes", async ({
  dashboard,
  merchant,
  request,
}) => {
  const store = await merchant.createStore(unique("Snoozing"), { chat: { enabled: true } });
  const { shopper, page } = await meet(store, request, dashboard);
  await expect(tab(page, "Open")).toHaveText("Open 1");
  await page.keyboard.press("s");
  await expect(page.getByRole("button", { name: /^In an hour/ })).toBeFocused();
  await page.getByRole("button", { name: /^Tomorrow/ }).click();
  await expect(page.getByRole("status").getByText(/^Snoozed until .*9:00 AM\.$/)).toBeVisible();
  await expect(row(page, shopper)).toBeHidden();
  await expect(tab(page, "Open")).toHaveText("Open 0");
  await expect(tab(page, "Snoozed")).toHaveText("Snoozed 1");
  await expect(page.getByRole("log").getByText(/snoozed this conversation until .*, 9:00 AM/)).toBeVisible();

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, shopper)).toBeVisible();
  await expect(page.getByRole("log").getByText(/ended the snooze/)).toBeVisible();

  await page.keyboard.press("s");
  await page.getByRole("button", { name: /^In an hour/ }).click();
  await tab(page, "Snoozed").click();
  await expect(page).toHaveURL(/\?tab=snoozed$/);
  await expect(row(page, shopper).getByText(/^Until /)).toBeVisible();
  await gotoLive(page, page.url());
  await expect(row(page, shopper)).toBeVisible();
  await shopper.add("Or in green?");
  await expect(row(page, shopper)).toBeHidden();
  await tab(page, "All").click();
  await expect(row(page, shopper)).toContainText("Or in green?");
});

test("a conversation is snoozed until a day of one's own", async ({ dashboard, merchant, request, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*inbox\/act/);
  const store = await merchant.createStore(unique("Later"), { chat: { enabled: true } });
  const { shopper, page } = await meet(store, request, dashboard);
  const day = new Date(Date.now() + 3 * 24 * 60 * 60_000);
  const date = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
  const open = page.locator("summary[aria-label='Snooze (s)']");
  await open.click();
  await page.getByLabel("Date and time").fill(`${date}T14:30`);
  await page.getByRole("button", { name: "Snooze", exact: true }).click();
  await expect(page.getByRole("status").getByText(/^Snoozed until .*2:30 PM\.$/)).toBeVisible();
  await expect(page.getByLabel("Date and time")).toBeHidden();
  await expect(row(page, shopper)).toBeHidden();
  // A time that is past is refused, and says so.
  await open.click();
  await page.getByLabel("Date and time").fill("2020-01-01T10:00");
  await page.getByRole("button", { name: "Snooze", exact: true }).click();
  await expect(page.getByText("Please choose a time to come.")).toBeVisible();
  await open.click();
  await page.getByRole("button", { name: "End the snooze" }).click();
  await expect(row(page, shopper)).toBeVisible();
});

test("a conversation is taken by key, found as one's own, and given back", async ({
  dashboard,
  merchant,
  request,
}) => {
  const store = await merchant.createStore(unique("Assigning"), { chat: { enabled: true } });
  const { shopper, page } = await meet(store, request, dashboard);
  const other = await Shopper.write(request, store, "Is anybody there?", { name: "Tim" });
  const filter = (name: string) => page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name });
  const header = page.locator("summary[aria-label='Assign (a)']");
  await expect(header).toHaveText("Unassigned");
  await page.keyboard.press("a");
  await expect(page.getByRole("button", { name: "You", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(header).toHaveText("You");
  await expect(row(page, shopper).getByText("You", { exact: true })).toBeVisible();
  await expect(page.getByRole("log").getByText("Maya Lindqvist took this conversation")).toBeVisible();

  await filter("Mine").click();
  await expect(page).toHaveURL(/\?who=me$/);
  await expect(row(page, other)).toBeHidden();
  await gotoLive(page, page.url());
  await row(page, shopper).click();
  await filter("Unassigned").click();
  await expect(page).toHaveURL(/\?who=none$/);
  await expect(row(page, other)).toBeVisible();
  await expect(row(page, shopper)).toBeHidden();
  await filter("Unassigned").click();
  await row(page, shopper).click();
  await header.click();
  await page.getByRole("button", { name: "Nobody" }).click();
  await expect(header).toHaveText("Unassigned");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(header).toHaveText("You");
});

test("a tag is made by key, found again, shown in the row, renamed and deleted", async ({
  dashboard,
  merchant,
  request,
}) => {
  const store = await merchant.createStore(unique("Tagging"), { chat: { enabled: true } });
  const { shopper, page } = await meet(store, request, dashboard);
  const other = await Shopper.write(request, store, "Is anybody there?", { name: "Tim" });
  const field = page.getByRole("textbox", { name: "Find or make a tag" });
  const header = page.locator(".thread-who .badges");
  await page.keyboard.press("t");
  await expect(field).toBeFocused();
  await field.fill("Refund");
  await field.press("Enter");
  await expect(header.getByText("Refund", { exact: true })).toBeVisible();
  await expect(row(page, shopper).getByText("Refund", { exact: true })).toBeVisible();
  await expect(page.getByRole("log").getByText("Maya Lindqvist added the tag “Refund”")).toBeVisible();

  await page.locator("summary[aria-label='Filter by tag']").click();
  await page.locator(".filters").getByRole("button", { name: "Refund" }).click();
  await expect(page).toHaveURL(/\?tag=/);
  await expect(row(page, other)).toBeHidden();
  await gotoLive(page, page.url());
  await row(page, shopper).click();
  await expect(header.getByText("Refund", { exact: true })).toBeVisible();

  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Edit tags …" }).click();
  const dialog = page.getByRole("dialog", { name: "Tags" });
  await dialog.getByRole("button", { name: "Refund" }).click();
  await dialog.getByLabel("Name").fill("Money back");
  await dialog.getByRole("radio", { name: "red" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("button", { name: "Money back" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(row(page, shopper).getByText("Money back")).toHaveClass(/badge-bad/);
  await expect(header.getByText("Money back")).toBeVisible();

  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Edit tags …" }).click();
  await dialog.getByRole("button", { name: "Money back" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dialog.getByText("There are no tags yet.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(header.getByText("Money back")).toBeHidden();
});

test("on a phone a row is swiped to resolve or snooze it, and undone", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Swipes"), { chat: { enabled: true } });
  const ann = await Shopper.write(request, store, "Do you ship to Norway?", { name: "Ann" });
  const bea = await Shopper.write(request, store, "Is the lamp in stock?", { name: "Bea" });
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  const page = await dashboard(`/stores/${store.id}/inbox`, options);
  const touch = await page.context().newCDPSession(page);
  /** Puts a finger on a row and moves it; `lift` takes it away. */
  const swipe = async (shopper: Shopper, by: number) => {
    const box = (await row(page, shopper).boundingBox()) as { x: number; y: number; width: number; height: number };
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    for (let part = 1; part <= 8; part++) {
      const touchPoints = [{ x: x + (by * part) / 8, y }];
      await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
    }
  };
  const lift = () => touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });

  // Too short: it goes back.
  await swipe(ann, 50);
  await expect(page.locator(".row-item[data-swipe='Resolve']")).toBeVisible();
  await lift();
  await expect(page.locator(".row-item[data-swipe]")).toHaveCount(0);
  await expect(row(page, ann)).toBeVisible();

  await swipe(ann, 120);
  await expect(page.locator(".row-item[data-decided]")).toBeVisible();
  await lift();
  await expect(page.getByText("Conversation resolved.")).toBeVisible();
  await expect(row(page, ann)).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, ann)).toBeVisible();

  await swipe(bea, -120);
  await lift();
  await expect(page.getByText(/^Snoozed until .*9:00 AM\.$/)).toBeVisible();
  await expect(row(page, bea)).toBeHidden();
  // A tap still opens; a browser hears none while it thinks that a swipe still has speed.
  await expect(async () => {
    await row(page, ann).tap();
    await expect(page).toHaveURL(new RegExp(ann.conversation), { timeout: 1_000 });
  }).toPass();
});
