// API keys: shown once, good at once, refused when they are revoked.
import { expect, test } from "../support/test";

test("a key is made, opens the API and is refused when it is revoked", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore("Programmed Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/api-keys`);
  await page.getByRole("button", { name: "Make a key" }).click();
  const dialog = page.getByRole("dialog");
  const make = dialog.getByRole("button", { name: "Make key" });
  await dialog.getByLabel("Name").fill("Warehouse");
  await make.click();
  await expect(dialog.getByText("Please choose at least one thing")).toBeVisible();
  await dialog.getByRole("checkbox", { name: /^See the store/ }).check();
  await make.click();

  const token = await dialog.getByLabel("API key").inputValue();
  expect(token).toMatch(/^sd_[\w-]{43}$/);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: "Warehouse" });
  await expect(row).toContainText("store:read");
  await expect(row).toContainText("Never");
  await expect(page.locator("body")).not.toContainText(token);

  const call = (path: string) => request.get(`/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await (await call("/store")).json()).id).toBe(store.id);
  expect((await call("/orders")).status()).toBe(403);

  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText("No API key yet")).toBeVisible();
  expect((await call("/store")).status()).toBe(401);
});

test("the keys fit on a phone", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}/api-keys`, { viewport: { width: 360, height: 740 } });
  await expect(page.getByText("demo-api-key")).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(360);
});

test("the reference can be read without scripts", async ({ open }) => {
  const page = await open({ javaScriptEnabled: false });
  await page.goto("/api/docs");
  await expect(page.getByRole("heading", { name: "Shopdesk REST API" })).toBeVisible();
  await page.getByRole("link", { name: "Conversations, the newest first" }).click();
  await expect(page.locator("#listConversations")).toBeInViewport();
});
