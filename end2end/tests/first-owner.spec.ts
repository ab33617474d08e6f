// An empty installation: the first one to come becomes the owner, and nobody else does.
import { startServer } from "../support/server.mjs";
import { expect, test } from "../support/test";

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server?.stop());

test("the first owner signs up, a second one is turned away", async ({ open, watch }) => {
  watch.allow(/Failed to load resource/);
  const page = await open({ baseURL: server.url });
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-up$/);
  // Before the script is there the form works too, but forgets what was typed.
  await expect(async () => {
    await page.waitForLoadState("networkidle");
    await page.getByLabel("Your name").fill("Ada Owner");
    await page.getByLabel("Email").fill("ada@example.com");
    await page.getByLabel("Password").fill("short");
    await page.getByLabel("Store name").fill("Ada's Lamps");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.locator("#password-note.is-error")).toHaveText(/at least \d+ characters/i);
    await expect(page.getByLabel("Your name")).toHaveValue("Ada Owner", { timeout: 1_000 });
  }).toPass();
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();

  await expect(page.getByRole("heading", { name: "Ada's Lamps" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Quick Actions" })).toBeVisible();
  await expect(page.getByText("Shoppers don't see the chat yet.")).toBeVisible();

  const other = await open({ baseURL: server.url });
  await other.goto("/sign-up");
  await expect(other.getByRole("heading", { name: "Already set up" })).toBeVisible();
  const form = { name: "Eve", email: "eve@example.com", password: "another long password", store_name: "Eve's" };
  const refused = await other.request.post("/api/app/account/sign-up", { form });
  expect(refused.ok()).toBe(false);
  await other.goto("/");
  await expect(other).toHaveURL(/\/sign-in$/);
  // There is no demo shop on a real installation.
  expect((await other.goto("/demo"))?.status()).toBe(404);
});
