// The README's pictures, in docs/pictures/.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { expect, test } from "../support/test";

const FOLDER = join(import.meta.dirname, "../../docs/pictures");
const DESKTOP = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" as const };
const PHONE = { ...DESKTOP, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const BYTES_MAX = 300_000;

async function draw(page: Page, name: string) {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.png`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect(statSync(path).size).toBeLessThan(BYTES_MAX);
}

test("overview", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}`, DESKTOP);
  await expect(page.getByRole("heading", { name: "Services" })).toBeVisible();
  await draw(page, "overview");
});

test("faq", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}/faq`, DESKTOP);
  await expect(page.getByText("Indexing")).toHaveCount(0);
  await page.getByLabel("A shopper's question").fill("how do i send something back??");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator(".trial-answer")).toBeVisible();
  await draw(page, "faq");
});

test("widget-settings", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}/widget`, DESKTOP);
  await expect(page.getByText("Readable (AA)")).toBeVisible();
  await draw(page, "widget-settings");
});

test("storefront", async ({ visit }) => {
  const chat = await visit(DESKTOP);
  await chat.open();
  await chat.ask("Where is my order #1001?");
  await draw(chat.page, "storefront");
});

test("phone", async ({ visit }) => {
  const chat = await visit(PHONE);
  await chat.bubble.tap();
  await chat.ask("how do i send something back??");
  await chat.ask("and how long does the refund take?");
  await chat.box.blur();
  await draw(chat.page, "phone");
});

test("inbox", async ({ dashboard, demo, request }) => {
  const visitor = { name: "Jane Cooper", email: "jane@example.com", locale: "en-US" };
  const shopper = await Shopper.write(request, demo, "Hi! Where is my order?", visitor);
  const page = await dashboard(`/stores/${demo.id}/inbox/${shopper.conversation}`, DESKTOP);
  const thread = page.getByRole("log", { name: "Messages" });
  await expect(thread.locator(".from-ai")).toHaveCount(1);
  await shopper.add("Great, thank you! One more thing: could you tie it with a ribbon? It's for my mother 🎁");
  await expect(thread.locator(".from-customer")).toHaveCount(2);
  await page.getByRole("textbox", { name: "Your reply" }).fill("Of course, Jane! I've told our packers: linen ribbon and a card, on the house.");
  await page.keyboard.press("Enter");
  await expect(thread.locator(".from-agent").getByText("Sent")).toBeVisible();
  await page.getByRole("textbox", { name: "Your reply" }).blur();
  await draw(page, "inbox");
});
