// A merchant in the dashboard: signs in, reads, answers, resolves, while shoppers write.
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import type { Chat } from "../support/chat";
import { expect, gotoLive, test, unique } from "../support/test";

const thread = (page: Page) => ({
  log: page.getByRole("log", { name: "Messages" }),
  box: page.getByRole("textbox", { name: "Your reply" }),
  async reply(text: string) {
    await this.box.fill(text);
    await this.box.press("Enter");
    await expect(this.log.locator(".from-agent", { hasText: text })).toBeVisible();
  },
});

/** A shopper who has asked something, and the same conversation in the dashboard. */
async function meet(visit: () => Promise<Chat>, dashboard: (path: string) => Promise<Page>, inbox: string) {
  const chat = await visit();
  await chat.open();
  const question = unique("Do you have this in blue?");
  await chat.send(question);
  const page = await dashboard(inbox);
  await page.locator(".row", { hasText: question }).click();
  await expect(thread(page).log.getByText(question)).toBeVisible();
  return { chat, page, question, ...thread(page) };
}

test("signing in leads to the overview", async ({ open, watch }) => {
  // Chromium's own word on the refused password, where a script has sent it.
  watch.allow(/Failed to load resource.*401/);
  const page = await open();
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.getByLabel("Email").fill("owner@demo.shop");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
  await page.getByLabel("Email").fill("owner@demo.shop");
  await page.getByLabel("Password").fill("demo-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  // Whoever has one store is there at once; the tests make more.
  await expect(page).toHaveURL(/\/stores/);
  if (page.url().endsWith("/stores")) await page.getByRole("main").getByRole("link", { name: "Demo Shop" }).click();
  await expect(page.getByRole("heading", { name: "Quick Actions" })).toBeVisible();
  for (const name of ["Chat Inbox", "Widget Settings", "FAQ Knowledge Base", "Canned Responses", "Orders"]) {
    await expect(page.getByRole("main").getByRole("link", { name })).toBeVisible();
  }
});

test("the unread badge follows what shoppers write", async ({ dashboard, demo, request }) => {
  const page = await dashboard(`/stores/${demo.id}`);
  const links = page.getByRole("link", { name: "Chat Inbox" });
  const badges = links.getByText(/^\d+ unread conversations?$/);
  const unread = async () => (await badges.allTextContents()).map((text) => parseInt(text, 10));
  await expect(badges).toHaveCount(2);
  const [before] = await unread();
  await page.evaluate(() => Object.assign(window, { isStillThisPage: true }));

  const shopper = await Shopper.write(request, demo, unique("Is anybody there?"));
  await expect.poll(unread).toEqual([before + 1, before + 1]);
  await expect(page).toHaveTitle(new RegExp(`^\\(${before + 1}\\)`));
  // A second message of the same shopper is not another conversation.
  await shopper.add("Hello?");
  await page.getByRole("main").getByRole("link", { name: "Chat Inbox" }).click();
  const row = page.locator(`.row[href$="${shopper.conversation}"]`);
  await expect(row.getByText("2 unread messages")).toBeAttached();
  await row.click();
  await expect(links.getByText(new RegExp(`^${before} unread conversations?$`))).toBeAttached();
  await expect(row.getByText(/unread message/)).toBeHidden();
  expect(await page.evaluate(() => "isStillThisPage" in window)).toBe(true);
});

test("rows that the server has drawn follow what happens", async ({ dashboard, demo, request }) => {
  const shopper = await Shopper.write(request, demo, unique("Do you restock the lamp?"));
  const page = await dashboard(`/stores/${demo.id}/inbox`);
  const row = page.locator(`.row[href*="${shopper.conversation}"]`);
  await expect(row.getByText("1 unread message")).toBeAttached();
  const more = unique("The brass one, I mean");
  await shopper.add(more);
  await expect(row).toContainText(more);
  await expect(row.getByText("2 unread messages")).toBeAttached();
  await row.click();
  await expect(row.getByText(/unread message/)).toBeHidden();
  const answer = unique("Next week.");
  await thread(page).reply(answer);
  await expect(row).toContainText(`You: ${answer}`);
  // What was said stays the row's text when the conversation is resolved.
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.getByRole("link", { name: /^Resolved/ }).click();
  await expect(row).toContainText(`You: ${answer}`);
});

test("a reply appears in the shopper's window at once, and the AI goes quiet", async ({ visit, dashboard, demo }) => {
  const { chat, page, log, box, reply } = await meet(visit, dashboard, `/stores/${demo.id}/inbox`);

  // Each side sees the other typing.
  await box.pressSequentially("Let me");
  await expect(chat.log.locator(".typing")).toBeVisible();
  await expect(chat.log.locator(".typing")).toContainText("is typing");
  await chat.box.pressSequentially("Or in gr");
  await expect(page.getByText(/ is typing$/)).toBeVisible();
  await chat.box.fill("");

  await reply.call({ log, box }, "Yes, from Friday on.");
  await expect(chat.agent).toHaveText(["Yes, from Friday on."]);
  await expect(chat.log.locator(".message.agent .name")).toHaveText("Maya Lindqvist");
  // Both sides see that it was read.
  await expect(log.locator(".from-agent").getByText("Seen")).toBeVisible();
  await expect(chat.deliveries.first()).toHaveText("Seen");

  // The AI would know this one, but a person has taken over.
  await expect(page.getByRole("switch", { name: "AI", exact: true })).not.toBeChecked();
  const question = "how do i send something back??";
  await chat.send(question);
  await expect(log.getByText(question)).toBeVisible();
  await reply.call({ log, box }, "I'll send you a label.");
  await expect(chat.agent).toHaveCount(2);
  await expect(chat.ai).toHaveCount(0);
});

test("every message says in words who wrote it", async ({ visit, dashboard, demo }) => {
  const chat = await visit();
  await chat.open();
  const question = unique("Where is my order #1004?");
  await chat.ask(question);
  const page = await dashboard(`/stores/${demo.id}/inbox`);
  await page.locator(".row", { hasText: "Here's what I found for order #1004" }).first().click();
  const { log, box, reply } = thread(page);
  await reply.call({ log, box }, "It should be with you tomorrow.");
  await expect(log.locator(".from-customer .message-label")).toHaveText(/^Visitor /);
  await expect(log.locator(".from-ai .message-label")).toHaveText("AI · order status");
  await expect(log.locator(".from-agent .message-label")).toHaveText("Maya Lindqvist");
  const colours = new Set<string>();
  for (const sender of ["customer", "ai", "agent"]) {
    const bubble = log.locator(`.from-${sender} .bubble`).first();
    colours.add(await bubble.evaluate((element) => getComputedStyle(element).backgroundColor));
  }
  expect(colours.size).toBe(3);
  await log.getByText("Order #1004").last().click();
  await expect(log.getByText(/Answered by rule/)).toBeVisible();
});

test("resolving and reopening moves the conversation", async ({ visit, dashboard, demo }) => {
  const { chat, page, log, question } = await meet(visit, dashboard, `/stores/${demo.id}/inbox`);
  const row = page.locator(".row", { hasText: question });
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(log.getByText("Maya Lindqvist resolved this conversation")).toBeVisible();
  await expect(row).toBeHidden();
  await expect(chat.window.getByText("This conversation was resolved.")).toBeVisible();
  await page.getByRole("link", { name: /^Resolved/ }).click();
  const resolved = page.locator(".row").first();
  await expect(resolved).toContainText("Visitor");
  await resolved.click();

  await page.getByRole("button", { name: "Reopen" }).click();
  await expect(log.getByText("Maya Lindqvist reopened this conversation")).toBeVisible();
  await expect(chat.window.getByText("This conversation was resolved.")).toBeHidden();
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();

  // The shopper's next word opens it again.
  await chat.send("One more thing …");
  await expect(page.getByRole("button", { name: "Resolve" })).toBeVisible();
  await page.getByRole("link", { name: /^Open/ }).click();
  await expect(page.locator(".row", { hasText: "One more thing …" })).toBeVisible();
});

test("an unfinished reply survives a reload", async ({ visit, dashboard, demo }) => {
  const { page, box } = await meet(visit, dashboard, `/stores/${demo.id}/inbox`);
  await box.fill("Half a sent");
  await gotoLive(page, page.url());
  await expect(box).toHaveValue("Half a sent");
  await box.press("Enter");
  await expect(thread(page).log.getByText("Half a sent")).toBeVisible();
  await gotoLive(page, page.url());
  await expect(thread(page).log.getByText("Half a sent")).toHaveCount(1);
  await expect(box).toHaveValue("");
});

test("a reply that can't be sent is kept, and sent once", async ({ visit, dashboard, demo, watch }) => {
  watch.allow(/Failed to load resource/);
  const { chat, page, log, box } = await meet(visit, dashboard, `/stores/${demo.id}/inbox`);
  await page.route("**/api/app/inbox/reply", (route) => route.abort("connectionrefused"));
  await box.fill("Not lost");
  await box.press("Enter");
  await expect(log.getByText(/^Not sent\./)).toBeVisible();
  await gotoLive(page, page.url());
  await expect(log.getByText("Not lost")).toBeVisible();
  await page.unroute("**/api/app/inbox/reply");
  await log.getByRole("button", { name: "Try again" }).click();
  await expect(chat.agent).toHaveText(["Not lost"]);
  await expect(log.getByText(/^Not sent\./)).toBeHidden();
  await expect(log.getByText("Not lost")).toHaveCount(1);
});
