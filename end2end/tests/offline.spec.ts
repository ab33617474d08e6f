// A shopper whose network, or the server behind it, goes away: no word is lost, none arrives twice.
import type { Page } from "@playwright/test";
import { expect, test, unique } from "../support/test";

const SENDING = "**/widget/v1/**/{conversations,messages}";

/** Lets nothing that is sent reach the server. The function returned ends that. */
async function cutOff(page: Page) {
  await page.route(SENDING, (route) =>
    route.request().method() === "POST" ? route.abort("connectionrefused") : route.fallback(),
  );
  return () => page.unroute(SENDING);
}

test.beforeEach(({ watch }) => {
  // The browser's own words about requests that fail.
  watch.allow(/Failed to load resource|WebSocket connection to/);
});

test("messages written offline go out once the network is back", async ({ visit }) => {
  const chat = await visit();
  const { page } = chat;
  await chat.open();
  await chat.ask("Where is my order #1001?");
  await page.context().setOffline(true);
  const texts = [unique("Written on the train"), unique("In the tunnel")];
  for (const text of texts) await chat.send(text);
  await expect(chat.window.getByText("You're offline.")).toBeVisible();
  await expect(chat.own).toHaveCount(3);
  await expect(chat.log.getByText(/^(Sending…|Not sent yet)$/).first()).toBeVisible();

  await page.context().setOffline(false);
  await chat.expectAllSent();
  await expect(chat.window.getByText("You're offline.")).toBeHidden();
  // What the server has, in the order it was written.
  await page.reload();
  await expect(chat.own).toHaveText(["Where is my order #1001?", ...texts]);
});

test("a first message that can't be sent survives a reload", async ({ visit }) => {
  const chat = await visit();
  const { page } = chat;
  await chat.open();
  const reconnect = await cutOff(page);
  const text = unique("Hello? Is this thing on?");
  await chat.send(text);
  await expect(chat.log.getByText("Not sent yet")).toBeVisible();
  await expect(chat.log.getByRole("button", { name: "Try again" })).toBeVisible();
  await page.reload();
  await expect(chat.own).toHaveText([text]);
  await expect(chat.log.getByText(/^(Sending…|Not sent yet)$/)).toBeVisible();

  await reconnect();
  await chat.expectAllSent();
  await page.reload();
  await expect(chat.own).toHaveText([text]);
  await expect(chat.deliveries).toHaveText([/^(Sent|Seen)$/]);
});

test("a message whose confirmation got lost doesn't arrive twice", async ({ visit }) => {
  const chat = await visit();
  const { page } = chat;
  await chat.open();
  await chat.ask("Where is my order #1001?");
  let lost = 0;
  await page.route(SENDING, async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.fallback();
    lost += 1;
    await route.fetch();
    await route.abort("connectionreset");
  });
  const text = unique("Only once, please");
  await chat.send(text);
  await chat.expectAllSent();
  expect(lost).toBe(1);
  await page.reload();
  await expect(chat.own).toHaveText(["Where is my order #1001?", text]);
});

test("a refused message says why and keeps its text", async ({ visit }) => {
  const chat = await visit();
  const { page } = chat;
  await chat.open();
  await chat.ask("Where is my order #1001?");
  await page.route(SENDING, (route) =>
    route.fulfill({
      status: 422,
      contentType: "application/problem+json",
      json: {
        type: "/problems/invalid",
        title: "Invalid",
        status: 422,
        detail: "For whoever programs against the API.",
        field: "body",
      },
    }),
  );
  const text = unique("Not welcome");
  await chat.send(text);
  // The reason comes by status and field, in the shopper's language.
  const reason = "This holds control characters that can't be stored. Please retype it.";
  await expect(chat.log.getByText(`Not sent. ${reason}`)).toBeVisible();
  await expect(chat.own.last()).toHaveText(text);
  await chat.log.getByRole("button", { name: "Edit" }).click();
  await expect(chat.box).toHaveValue(text);
  await expect(chat.own).toHaveCount(1);

  await page.unroute(SENDING);
  await chat.box.press("Enter");
  await chat.expectAllSent();
  await expect(chat.own.last()).toHaveText(text);
});

test("a chat that can't be loaded offers to try again", async ({ visit, watch }) => {
  watch.allow(/shopdesk: the chat couldn't be loaded/);
  const chat = await visit();
  await chat.page.route("**/shopdesk-widget.wasm*", (route) => route.abort("connectionrefused"));
  await chat.bubble.click();
  await expect(chat.page.getByText("The chat couldn't be loaded.")).toBeVisible();
  await chat.page.unroute("**/shopdesk-widget.wasm*");
  await chat.page.getByRole("button", { name: "Try again" }).click();
  await expect(chat.window).toBeVisible();
  await expect(chat.box).toBeVisible();
});
