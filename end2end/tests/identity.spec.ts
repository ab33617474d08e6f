// Customers whom the storefront has signed in.
import type { Page } from "@playwright/test";
import { identify, makeSecret, sign } from "../support/identity";
import { expect, test } from "../support/test";

const stored = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.endsWith(":session")));

test("a signed-in customer is known, and forgotten when they sign out", async ({ dashboard, storefront, merchant }) => {
  const store = await merchant.createStore("Signing Shop", { chat: { enabled: true, pre_chat_form: true } });
  const page = await dashboard(`/stores/${store.id}/widget`);
  const secret = await makeSecret(page);
  expect(secret).toMatch(/^identity_/);

  const chat = await storefront(store);
  await identify(chat.page, sign(secret, "jane", "Jane Doe"));
  await chat.open();
  // Who is known is not asked.
  await expect(chat.window.getByLabel("Email")).toHaveCount(0);
  await chat.send("Hello?");
  await chat.expectAllSent();
  expect(await chat.page.evaluate(() => JSON.stringify(localStorage))).not.toContain("eyJ");

  await page.goto(`/stores/${store.id}/inbox`);
  await page.getByRole("link", { name: /Jane Doe/ }).click();
  await expect(page.locator(".thread-head").getByText("Verified")).toBeVisible();
  await expect(page.getByText("jane@example.com")).toBeVisible();

  // Another device goes on where she wrote last.
  const phone = await storefront(store);
  await identify(phone.page, sign(secret, "jane", "Jane Doe"));
  await phone.open();
  await expect(phone.own).toHaveText(["Hello?"]);
  await phone.send("It's me again");
  await phone.expectAllSent();
  await expect(chat.own).toHaveText(["Hello?", "It's me again"]);

  // Somebody else's has nothing of it.
  const other = await storefront(store);
  await identify(other.page, sign(secret, "omar", "Omar"));
  await other.open();
  await other.send("It's me");
  await other.expectAllSent();
  await expect(other.own).toHaveText(["It's me"]);

  await identify(chat.page, null);
  await expect(chat.own).toHaveCount(0);
  expect(await stored(chat.page)).toEqual([]);
  await expect(chat.window.getByLabel("Email")).toBeVisible();
});

test("a guest who signs in keeps the thread, and a guest's chat outlives signing out", async ({
  dashboard,
  storefront,
  merchant,
  watch,
}) => {
  // A message may overtake the proof, and another customer is told so.
  watch.allow(/status of 401.*messages|status of 409.*identify/);
  const store = await merchant.createStore("Guest Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/widget`);
  const secret = await makeSecret(page);

  const chat = await storefront(store);
  await identify(chat.page, null);
  await chat.open();
  await chat.send("One");
  await chat.expectAllSent();
  await identify(chat.page, null);
  await expect(chat.own).toHaveText(["One"]);

  await identify(chat.page, sign(secret, "jane", "Jane Doe"));
  await chat.send("Two");
  await chat.expectAllSent();
  await expect(chat.own).toHaveText(["One", "Two"]);
  await page.goto(`/stores/${store.id}/inbox`);
  await expect(page.getByRole("link", { name: /Jane Doe/ })).toBeVisible();

  // Somebody else signs in at this browser: nothing of hers is left.
  await identify(chat.page, sign(secret, "omar", "Omar"));
  await expect(chat.own).toHaveCount(0);
});

test("what a customer couldn't send yet is forgotten when they sign out", async ({
  dashboard,
  storefront,
  merchant,
  watch,
}) => {
  watch.allow(/Failed to load resource/);
  const store = await merchant.createStore("Offline Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/widget`);
  const secret = await makeSecret(page);
  const chat = await storefront(store);
  await chat.page.route("**/widget/v1/**/conversations", (route) => route.abort("connectionrefused"));
  const kept = () =>
    chat.page.evaluate(() => Object.keys(localStorage).filter((key) => /:(outbox|draft|customer)$/.test(key)));

  await identify(chat.page, sign(secret, "jane", "Jane Doe"));
  expect(await kept()).toEqual([]);
  await chat.open();
  await chat.send("It's a present");
  await chat.box.fill("And don't");
  await expect(chat.own).toHaveText(["It's a present"]);
  await identify(chat.page, null);
  await expect(chat.own).toHaveCount(0);
  await expect(chat.box).toHaveValue("");
  expect(await kept()).toEqual([]);

  // Nor on the next page, which says so before the window is there.
  await identify(chat.page, sign(secret, "jane", "Jane Doe"));
  await chat.send("It's a present");
  await expect(chat.own).toHaveText(["It's a present"]);
  await chat.page.reload();
  await identify(chat.page, null);
  await expect.poll(kept).toEqual([]);
  await expect(chat.own).toHaveCount(0);
});

test("a conversation that begins while the customer signs out is nobody else's", async ({
  dashboard,
  storefront,
  merchant,
}) => {
  const store = await merchant.createStore("Slow Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/widget`);
  const secret = await makeSecret(page);
  const chat = await storefront(store);
  let answer = () => {};
  const isSignedOut = new Promise<void>((resolve) => (answer = resolve));
  await chat.page.route("**/widget/v1/**/conversations", async (route) => {
    const response = await route.fetch();
    await isSignedOut;
    await route.fulfill({ response });
  });

  await identify(chat.page, sign(secret, "jane", "Jane Doe"));
  await chat.open();
  const asked = chat.page.waitForRequest(/\/conversations$/);
  const begun = chat.page.waitForResponse(/\/conversations$/);
  await chat.send("Hello?");
  await asked;
  await identify(chat.page, null);
  answer();
  await begun;
  await chat.page.waitForTimeout(500);
  expect(await stored(chat.page)).toEqual([]);
  await expect(chat.own).toHaveCount(0);
});
