// Widget Settings, and what shoppers see of them.
import type { Page } from "@playwright/test";
import { expect, test, unique } from "../support/test";

async function save(page: Page) {
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("status").getByText(/^Widget settings saved/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Unsaved changes" })).not.toHaveClass(/is-shown/);
}

const colourOf = (element: Element) => getComputedStyle(element).backgroundColor;
const TEAL = "rgb(15, 118, 110)";

test("a new store's widget is off until it is switched on", async ({ dashboard, storefront, demo }) => {
  const page = await dashboard(`/stores/${demo.id}`);
  await page.locator(".switcher summary").click();
  await page.getByRole("link", { name: "All stores" }).click();
  await page.getByRole("button", { name: "New store" }).click();
  const name = unique("Second Shop");
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create store" }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await page.getByRole("link", { name: "Set up the widget" }).click();
  const enable = page.getByRole("switch", { name: /^Enable chat widget/ });
  await expect(enable).not.toBeChecked();
  await expect(page.getByRole("switch", { name: /^Enable AI/ })).not.toBeChecked();

  const code = await page.getByLabel("Embed code").inputValue();
  const key = /data-store="([^"]+)"/.exec(code)?.[1] as string;
  const off = await storefront({ key });
  await off.page.waitForLoadState("networkidle");
  await expect(off.bubble).toHaveCount(0);

  await enable.click();
  await save(page);
  await expect((await storefront({ key })).bubble).toBeVisible();
});

test("an open chat follows its settings at once", async ({ dashboard, storefront, merchant }) => {
  const store = await merchant.createStore("Colourful Shop", { chat: { enabled: true } });
  const chat = await storefront(store);
  await chat.open();
  await chat.send("Hello?");
  await chat.expectAllSent();
  const header = chat.window.locator(".header");
  expect(await header.evaluate(colourOf)).toBe("rgb(79, 70, 229)");

  const page = await dashboard(`/stores/${store.id}/widget`);
  await page.getByRole("button", { name: "Bottom left" }).click();
  await page.getByRole("button", { name: "Teal" }).click();
  await page.getByLabel("Greeting message").fill("Ahoy! <b>What</b> can we do for you?");
  await page.getByLabel("Response-time expectation").fill("Back in an hour");
  await save(page);

  await expect.poll(() => header.evaluate(colourOf)).toBe(TEAL);
  await expect(chat.log.locator(".greeting")).toHaveText("Ahoy! <b>What</b> can we do for you?");
  await expect(header).toContainText("Back in an hour");
  await expect.poll(async () => (await chat.window.boundingBox())?.x).toBeLessThan(100);
  await expect(chat.own).toHaveText(["Hello?"]);

  const fresh = await storefront(store);
  await expect(fresh.bubble).toHaveCSS("background-color", TEAL);
  expect((await fresh.bubble.boundingBox())?.x).toBeLessThan(100);
  await fresh.open();
  await expect(fresh.log).toContainText("Ahoy!");
});

test("the pre-chat form asks who it is", async ({ dashboard, storefront, merchant }) => {
  const store = await merchant.createStore("Curious Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/widget`);
  await page.getByRole("switch", { name: /^Pre-chat form/ }).click();
  await save(page);

  const chat = await storefront(store);
  await chat.open();
  const begin = chat.window.getByRole("button", { name: "Start chat" });
  await chat.window.getByLabel("Name").fill("Nina <i>Shopper</i>");
  await chat.window.getByLabel("Email").fill("nina@");
  await begin.click();
  await expect(chat.window.getByRole("alert").filter({ hasText: "name@example.com" })).toBeVisible();
  await expect(chat.window.getByLabel("Email")).toHaveValue("nina@");
  await chat.window.getByLabel("Email").fill("nina@example.com");
  await begin.click();
  const question = unique("Are you there?");
  await chat.send(question);
  await chat.expectAllSent();

  await page.getByRole("link", { name: "Chat Inbox" }).click();
  await page.locator(".row", { hasText: question }).click();
  await expect(page.getByRole("heading", { name: "Nina <i>Shopper</i>" })).toBeVisible();
  await expect(page.getByRole("link", { name: "nina@example.com" })).toBeVisible();
  // Asked once.
  await chat.page.reload();
  await expect(chat.own).toHaveText([question]);
  await expect(chat.box).toBeVisible();
});

test("switching the widget off takes it from every page", async ({ dashboard, storefront, merchant }) => {
  const store = await merchant.createStore("Closing Shop", { chat: { enabled: true } });
  const chat = await storefront(store);
  await chat.open();
  await chat.send("Still open?");
  await chat.expectAllSent();
  const page = await dashboard(`/stores/${store.id}/widget`);
  await page.getByRole("switch", { name: /^Enable chat widget/ }).click();
  await save(page);
  await expect(chat.window).toBeHidden();
  await expect(chat.page.getByRole("button", { name: /chat/ })).toHaveCount(0);
});

test("who saves a section second is told and loses nothing", async ({ dashboard, merchant, watch }) => {
  watch.allow(/status of 409/);
  const store = await merchant.createStore("Busy Shop");
  const address = `/stores/${store.id}/widget`;
  const [first, second] = [await dashboard(address), await dashboard(address)];
  const greeting = (page: Page) => page.getByLabel("Greeting message");
  const enable = (page: Page) => page.getByRole("switch", { name: /^Enable chat widget/ });
  const told = second.getByRole("group", { name: "Changed meanwhile" });

  await enable(first).click();
  await greeting(first).fill("Hello from the first");
  await save(first);

  await greeting(second).fill("Hello from the second");
  await second.getByRole("button", { name: "Teal" }).click();
  await second.getByRole("button", { name: "Save changes" }).click();
  await expect(told).toContainText("Maya Lindqvist changed this section while you were editing.");
  await expect(told).toContainText("Hello from the first");
  await expect(told).toBeFocused();
  await expect(greeting(second)).toHaveValue("Hello from the second");
  // Nothing of the first is overwritten, and what did not collide is saved.
  await first.reload();
  await expect(greeting(first)).toHaveValue("Hello from the first");
  await expect(first.getByRole("button", { name: "Teal" })).toHaveAttribute("aria-pressed", "true");

  await told.getByRole("button", { name: "Keep mine" }).click();
  await expect(told).toBeHidden();
  await expect(second.getByRole("status").getByText(/^Widget settings saved/)).toBeVisible();
  await first.reload();
  await expect(greeting(first)).toHaveValue("Hello from the second");
  // What the second never touched stays as the first left it.
  await expect(enable(first)).toBeChecked();
  await expect(enable(second)).toBeChecked();
});

test("who saves a section second can take what is there", async ({ dashboard, merchant, watch }) => {
  watch.allow(/status of 409/);
  const store = await merchant.createStore("Polite Shop");
  const address = `/stores/${store.id}/widget`;
  const [first, second] = [await dashboard(address), await dashboard(address)];
  await first.getByLabel("Greeting message").fill("Hello from the first");
  await save(first);

  await second.getByLabel("Greeting message").fill("Hello from the second");
  await second.getByRole("button", { name: "Save changes" }).click();
  await second.getByRole("button", { name: "Take theirs" }).click();
  await expect(second.getByLabel("Greeting message")).toHaveValue("Hello from the first");
  await expect(second.getByRole("region", { name: "Unsaved changes" })).not.toHaveClass(/is-shown/);
  // And goes on from there.
  await second.getByLabel("Greeting message").fill("Hello from both");
  await save(second);
});

test("the embed code is copied", async ({ dashboard, demo }) => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await dashboard(`/stores/${demo.id}/widget`, { permissions });
  await page.getByRole("button", { name: "Copy Embed code" }).click();
  await expect(page.getByText("Embed code copied.")).toBeVisible();
  const { origin } = new URL(page.url());
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`<script src="${origin}/widget.js" data-store="demo" async></script>`);
});

test("what can't be taken is said at its field and kept", async ({ dashboard, merchant }) => {
  const store = await merchant.createStore("Careless Shop");
  const page = await dashboard(`/stores/${store.id}/widget`);
  const bar = page.getByRole("region", { name: "Unsaved changes" });
  const wrong = [
    ["Side spacing (px)", "500", "side_spacing"],
    ["Or any colour", "reddish", "colour"],
    ["Greeting message", "Hi! ".repeat(200), "greeting"],
    ["Origins", "shop", "allowed_origins"],
  ];
  for (const [label, value, name] of wrong) {
    const field = page.getByLabel(label);
    await field.fill(value);
    await bar.getByRole("button", { name: "Save changes" }).click();
    await expect(page.locator(`#${name}-note`)).toHaveClass(/is-error/);
    await expect(bar).toContainText("one of the settings can't be like this");
    await expect(field).toHaveValue(value);
    await expect(field).toBeFocused();
    await bar.getByRole("button", { name: "Discard" }).click();
    await expect(field).not.toHaveValue(value);
    await expect(bar).not.toHaveClass(/is-shown/);
  }

  // Leaving asks first: by the browser's buttons, and by a link.
  await page.getByRole("link", { name: "FAQ Knowledge Base" }).click();
  // Until then this page stays, and a link to it leads nowhere.
  await expect(page.getByRole("heading", { name: "FAQ Knowledge Base" })).toBeVisible();
  await page.getByRole("link", { name: "Widget Settings" }).click();
  await page.getByLabel("Greeting message").fill("Half a sent");
  await page.goBack();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/widget$/);
  await expect(page.getByLabel("Greeting message")).toHaveValue("Half a sent");
  await page.goBack();
  await page.getByRole("dialog").getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { name: "FAQ Knowledge Base" })).toBeVisible();
  await page.getByRole("link", { name: "Widget Settings" }).click();
  await page.getByLabel("Greeting message").fill("Half a sent");
  await page.getByRole("link", { name: "Overview" }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel("Greeting message")).toHaveValue("Half a sent");
  await page.getByRole("link", { name: "Overview" }).click();
  await question.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { name: "Quick Actions" })).toBeVisible();
});

test("the order lookup check says what each choice risks, and holds what was chosen", async ({
  dashboard,
  storefront,
  merchant,
  request,
}) => {
  const store = await merchant.createStore("Careful Shop", { chat: { enabled: true } });
  await merchant.addOrder(store, { number: "SD-1001", email: "jane@example.com" });
  const page = await dashboard(`/stores/${store.id}/widget`);
  const card = page.getByRole("group", { name: "Order lookup check" });
  await expect(page.getByText("Order numbers are easy to guess")).toBeVisible();
  await expect(card.getByRole("radio", { name: /^Number or email/ })).toBeChecked();
  await expect(card.getByText("The least effort for shoppers, and the riskiest")).toBeVisible();
  await expect(card.locator("label", { hasText: "Number and email" }).getByText("Recommended")).toBeVisible();
  const details = page.getByRole("switch", { name: /^Show full details for a number alone/ });
  await expect(details).toBeChecked();
  await expect(page.getByText("We recommend to switch this off")).toBeVisible();

  // A number alone shows the whole order, then its state only.
  const first = await storefront(store);
  await first.open();
  await expect(await first.ask("Where is my order SD-1001?")).toContainText("Paid");
  await details.click();
  await page.getByRole("textbox", { name: "Order numbers look like" }).fill("SD-1001");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("status").getByText(/^Widget settings saved/)).toBeVisible();
  const second = await storefront(store);
  await second.open();
  const answer = await second.ask("Where is my order 1001?");
  await expect(answer).toContainText("SD-1001");
  await expect(answer).not.toContainText("Paid");

  // With the stricter check there are no details to show for a number alone.
  await card.getByRole("radio", { name: /^Number and email/ }).check();
  await expect(details).toBeHidden();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("status").getByText(/^Widget settings saved/).last()).toBeVisible();
  await page.reload();
  await expect(card.getByRole("radio", { name: /^Number and email/ })).toBeChecked();
  await expect(page.getByRole("textbox", { name: "Order numbers look like" })).toHaveValue("SD-1001");
});
