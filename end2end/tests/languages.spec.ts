// The chat speaks the language of the page that it is on.
import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";

async function openGermanChat(page: Page) {
  await page.getByRole("button", { name: "Chat öffnen" }).click();
  const window = page.getByRole("dialog", { name: "Chat mit Demo Shop" });
  await expect(window).toBeVisible();
  return window;
}

test("a German page has a German chat, whatever the browser speaks", async ({ open, shop, demo }) => {
  const page = await open({ locale: "en-GB" });
  await page.goto(`${shop}/${demo.key}?lang=de-DE`);
  const window = await openGermanChat(page);
  await expect(page.locator("shopdesk-widget")).toHaveAttribute("lang", "de");

  const box = window.getByRole("textbox", { name: "Ihre Nachricht" });
  await expect(box).toHaveAttribute("placeholder", "Nachricht schreiben …");
  await box.fill("Where is my order #1001?");
  await box.press("Enter");
  await expect(window.locator(".message.ai .chip")).toHaveText("KI · Bestellstatus");
  await expect(window.locator(".message.ai .body")).toContainText("Bestellung #1001: Versandt");
  await expect(window.locator(".message.ai [aria-current=step]")).toHaveText("Unterwegs");
  await expect(window.locator(".day")).toHaveText("Heute");
  await expect(window.locator(".delivery")).toHaveText(/^(Gesendet|Gesehen)$/);

  await window.getByRole("button", { name: "Mit einem Menschen sprechen" }).click();
  await expect(window.locator(".message.system .body")).toContainText(
    "Ein Mensch aus unserem Team antwortet Ihnen hier.",
  );
});

test("where the page names no language, the browser's counts", async ({ open, shop, demo }) => {
  const page = await open({ locale: "de-AT" });
  await page.goto(`${shop}/${demo.key}?lang=`);
  await openGermanChat(page);
});

test("a language that the chat doesn't speak gets English", async ({ open, shop, demo }) => {
  const page = await open({ locale: "de-DE" });
  await page.goto(`${shop}/${demo.key}?lang=is`);
  await page.getByRole("button", { name: "Open chat" }).click();
  await expect(page.getByRole("dialog", { name: "Chat with Demo Shop" })).toBeVisible();
  await expect(page.locator("shopdesk-widget")).toHaveAttribute("lang", "en");
});
