// No serious violation of WCAG that a machine can find, in light and in dark.
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { expect, test, unique } from "../support/test";

async function expectAccessible(page: Page) {
  // Colours are judged once nothing is fading in any more.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
  expect.soft(serious, page.url()).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the chat, ${colorScheme}`, async ({ visit }) => {
    const chat = await visit({ colorScheme, reducedMotion: "reduce" });
    await expect(chat.bubble).toBeVisible();
    await expectAccessible(chat.page);
    await chat.open();
    await chat.ask("Where is my order #1001?");
    await chat.window.getByRole("button", { name: "Talk to a person" }).click();
    await expect(chat.window.getByText("We've told the team.")).toBeVisible();
    await expectAccessible(chat.page);
  });

  test(`signing in, ${colorScheme}`, async ({ open }) => {
    const page = await open({ colorScheme });
    await page.goto("/sign-in");
    await expectAccessible(page);
  });

  test(`the dashboard, ${colorScheme}`, async ({ dashboard, demo, open, request }) => {
    // Every page, each looked at by axe.
    test.slow();
    const visitor = { name: "Ida Berg", email: "ida@example.com" };
    const shopper = await Shopper.write(request, demo, unique("Where is my order #1001?"), visitor);
    const page = await dashboard(`/stores/${demo.id}`, { colorScheme, reducedMotion: "reduce" });
    await expect(page.getByRole("heading", { name: "Services" })).toBeVisible();
    await expectAccessible(page);

    await page.getByRole("main").getByRole("link", { name: "Chat Inbox" }).click();
    await page.locator(`.row[href$="${shopper.conversation}"]`).click();
    await expect(page.locator(".from-ai")).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel("Your reply").pressSequentially("/");
    await expect(page.getByRole("option").first()).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByLabel("Your reply").fill("");

    await page.getByRole("link", { name: "FAQ Knowledge Base" }).click();
    await page.getByLabel("A shopper's question").fill("how do i send something back??");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await expect(page.locator(".trial-answer")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Add question" }).first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "Canned Responses" }).click();
    await expect(page.getByText("/refund", { exact: true })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "New response" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.getByLabel("Nothing is known of the shopper").check();
    await page.getByLabel("Text", { exact: true }).fill("Order {{order.number}}");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    const question = page.getByRole("dialog", { name: "Close without saving?" });
    await expect(question).toBeVisible();
    await expectAccessible(page);
    await question.getByRole("button", { name: "Discard" }).click();

    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await expect(page.getByText("#1001")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: "#1001" }).click();
    await page.getByRole("button", { name: "Edit" }).click();
    await expectAccessible(page);
    await page.getByRole("link", { name: "All orders" }).click();
    await page.getByRole("link", { name: "New order" }).click();
    await page.getByRole("button", { name: "Add item" }).click();
    await page.getByRole("button", { name: "Add parcel" }).click();
    await expectAccessible(page);
    await page.getByRole("link", { name: "All orders" }).click();
    await page.getByRole("link", { name: "Import" }).click();
    const file = { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from("Number,Total\n1,free\n") };
    await page.locator("#file").setInputFiles(file);
    await expect(page.getByText("Status is missing")).toBeVisible();
    await expectAccessible(page);

    await page.getByRole("link", { name: "Team" }).click();
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Make the link" }).click();
    const link = await page.getByLabel("Invitation link").inputValue();
    await page.getByRole("button", { name: "I have kept it" }).click();
    await expect(page.getByRole("region", { name: "Invitations" })).toBeVisible();
    await expectAccessible(page);
    const guest = await open({ colorScheme, reducedMotion: "reduce" });
    await guest.goto(link);
    await expect(guest.getByRole("button", { name: "Create account and join" })).toBeVisible();
    await expectAccessible(guest);
    await page.keyboard.press("Control+Shift+S");
    await expect(page.locator(".switcher-list")).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "API keys" }).click();
    await expect(page.getByText("demo-api-key")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "New key" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("button", { name: "New webhook" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "Widget Settings" }).click();
    await page.getByRole("button", { name: "Rose" }).click();
    await expect(page.getByRole("region", { name: "Unsaved changes" })).toHaveClass(/is-shown/);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Discard" }).click();

    await page.getByRole("link", { name: "Maya Lindqvist" }).click();
    await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
    await expectAccessible(page);
  });
}

/** The widths of the edges of an element that the system's colours leave to be seen. */
function edges(locator: Locator) {
  return locator.evaluate((element) => {
    const { borderTopWidth, outlineStyle, outlineWidth } = getComputedStyle(element);
    return parseFloat(borderTopWidth) + (outlineStyle === "none" ? 0 : parseFloat(outlineWidth));
  });
}

test("in high contrast, edges tell what colours tell elsewhere", async ({ dashboard, demo, request }) => {
  const shopper = await Shopper.write(request, demo, unique("Where is my order #1001?"));
  const page = await dashboard(`/stores/${demo.id}/inbox/${shopper.conversation}`, { forcedColors: "active" });
  await expect(page.locator(".from-ai")).toBeVisible();
  const row = page.locator(`.row[href$="${shopper.conversation}"]`);
  for (const shown of [row, page.locator(".bubble").first(), page.locator('.rail-link[aria-current="page"]')]) {
    expect(await edges(shown)).toBeGreaterThan(0);
  }
  expect(await edges(page.locator(".row:not([aria-current])").first())).toBe(0);
  const under = (tab: string) =>
    page.locator(".tab", { hasText: tab }).evaluate((element) => getComputedStyle(element).borderBottomColor);
  expect(await under("Open")).not.toBe(await under("Resolved"));

  await page.goto(`/stores/${demo.id}/widget`);
  expect(await edges(page.getByRole("switch").first())).toBeGreaterThan(0);
  const colours = await page.locator(".preset").evaluateAll((presets) =>
    presets.map((preset) => getComputedStyle(preset).backgroundColor),
  );
  expect(new Set(colours).size).toBe(colours.length);
});
