// Webhooks: the secret shown once, what was told and how that went, told again, deleted.
import { Shopper } from "../support/api";
import { expect, test } from "../support/test";

test("a webhook is made, fails, is replayed and deleted", async ({ dashboard, merchant, request, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*webhooks\/create/);
  const store = await merchant.createStore("Told Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/webhooks`);
  await page.getByRole("button", { name: "Make a webhook" }).click();
  const dialog = page.getByRole("dialog");
  const make = dialog.getByRole("button", { name: "Make webhook" });
  await dialog.getByLabel("Address").fill("https://10.0.0.1/hook");
  await make.click();
  await expect(dialog.getByText("Please choose at least one event")).toBeVisible();
  await dialog.getByRole("checkbox", { name: /^A shopper starts/ }).check();
  await make.click();
  await expect(dialog.getByText("in a private network")).toBeVisible();
  // A name that no resolver knows.
  await dialog.getByLabel("Address").fill("https://hooks.invalid/shopdesk");
  await make.click();

  const secret = await dialog.getByLabel("secret").inputValue();
  expect(secret).toMatch(/^whsec_[\w-]{43}$/);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: "hooks.invalid" });
  await expect(row).toContainText("conversation.created");
  await expect(page.locator("body")).not.toContainText(secret);

  await Shopper.write(request, store, "Hello");
  await row.getByRole("button", { name: "Log" }).click();
  await expect(async () => {
    await dialog.getByRole("button", { name: "Refresh" }).click();
    await expect(dialog.getByText("There is no such host.")).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(dialog.getByText("1 try")).toBeVisible();
  await dialog.getByRole("button", { name: "Replay" }).click();
  await expect(async () => {
    await dialog.getByRole("button", { name: "Refresh" }).click();
    await expect(dialog.getByText("2 tries")).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.keyboard.press("Escape");
  await expect(row).toContainText("Failing");

  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete webhook" }).click();
  await expect(page.getByText("No webhook yet")).toBeVisible();
});

test("the log goes on below its first fifty, by keyboard", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore("Busy Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/webhooks`);
  await page.getByRole("button", { name: "Make a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: /^A shopper starts/ }).check();
  await dialog.getByRole("checkbox", { name: /^A shopper, the team/ }).check();
  await dialog.getByLabel("Address").fill("https://hooks.invalid/shopdesk");
  await dialog.getByRole("button", { name: "Make webhook" }).click();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  // Each is told as a conversation and as a message.
  for (let at = 0; at < 28; at++) await Shopper.write(request, store, `Hello ${at}`);

  await page.getByRole("button", { name: "Log" }).click();
  const told = dialog.getByRole("listitem");
  await expect(told).toHaveCount(50);
  const older = dialog.getByRole("button", { name: "Show older" });
  await older.focus();
  await page.keyboard.press("Enter");
  await expect(told).toHaveCount(56);
  await expect(older).toHaveCount(0);
  await expect(told.nth(50).getByRole("button", { name: "Replay" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Sent again.")).toBeVisible();
  await expect(told.nth(50).getByRole("button", { name: "Replay" })).toBeFocused();
  await dialog.getByRole("button", { name: "Refresh" }).press("Enter");
  await expect(dialog.getByRole("button", { name: "Refresh" })).toBeFocused();
  await expect(told).toHaveCount(56);
});
