// Undo send: a reply waits a moment and can be taken back. On a server of its own, since the
// setting is the account's.
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { startServer } from "../support/server.mjs";
import { expect, gotoLive, test } from "../support/test";

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeEach(async () => {
  server = await startServer(["--demo"]);
});
test.afterEach(() => server?.stop());

async function signIn(page: Page, next: string) {
  await page.goto(`/sign-in?next=${next}`);
  await page.getByLabel("Email").fill("owner@demo.shop");
  await page.getByLabel("Password").fill("demo-password");
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a reply can be taken back for a moment, and leaving sends it at once", async ({ open, request }) => {
  test.slow();
  const page = await open({ baseURL: server.url });
  await signIn(page, "/account");
  await page.getByRole("switch", { name: /^Undo send/ }).check();
  await page.getByRole("button", { name: "Save replies" }).click();
  await expect(page.getByText("Replies saved.")).toBeVisible();

  const shopper = await Shopper.write(request, { key: "demo" }, "Do you restock the lamp?", {}, server.url);
  await page.goto("/stores");
  await page.locator("main a.store-card").first().click();
  await expect(page).toHaveURL(/\/stores\/[^/]+$/);
  const inbox = `${new URL(page.url()).pathname}/inbox`;
  const thread = `${inbox}/${shopper.conversation}`;
  const second = await open({ baseURL: server.url });
  await signIn(second, thread);
  const arrived = (text: string) => second.locator(".from-agent").getByText(text);
  await expect(second.locator(".thread")).toBeVisible();

  await gotoLive(page, thread);
  const box = page.getByRole("textbox", { name: "Your reply" });
  const held = page.getByText("Goes out in a few seconds.");
  await box.fill("Next weak.");
  await box.press("Enter");
  await expect(held).toBeVisible();
  await expect(box).toHaveValue("");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(held).toBeHidden();
  await expect(box).toHaveValue("Next weak.");
  await expect(box).toBeFocused();

  // By key, from the empty box.
  await box.press("Enter");
  await expect(held).toBeVisible();
  await box.press("Control+z");
  await expect(box).toHaveValue("Next weak.");

  // A note reaches no shopper: it isn't held.
  await box.fill("");
  await page.getByRole("button", { name: "Note", exact: true }).click();
  const note = page.getByRole("textbox", { name: "Your note" });
  await note.fill("Ask Tom");
  await note.press("Enter");
  await expect(second.locator(".from-note").getByText("Ask Tom")).toBeVisible();
  await page.getByRole("button", { name: "Reply", exact: true }).click();

  await box.fill("Next week.");
  await box.press("Enter");
  await expect(arrived("Next week.")).toBeVisible();
  await expect(held).toBeHidden();

  await box.fill("On Monday.");
  await box.press("Enter");
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(arrived("On Monday.")).toBeVisible({ timeout: 4_000 });

  // Whoever leaves the conversation, or the page, has sent it.
  await box.fill("In the morning.");
  await box.press("Enter");
  await page.getByRole("link", { name: /^Resolved/ }).click();
  await page.locator(".inbox-list").getByRole("link", { name: /^Open/ }).click();
  await page.goto("/account");
  await expect(arrived("In the morning.")).toBeVisible();
  await gotoLive(page, thread);
  await box.fill("At nine.");
  await box.press("Enter");
  await expect(held).toBeVisible();
  await page.close();
  await expect(arrived("At nine.")).toBeVisible();
  await expect(arrived("Next weak.")).toHaveCount(0);
  // Before its server ends.
  await second.close();
});
