// From an empty installation to a shopper who is told where their order is.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { Chat } from "../support/chat";
import { startMedusa } from "../support/medusa.mjs";
import { startServer } from "../support/server.mjs";
import { expect, gotoLive, test } from "../support/test";

let server: Awaited<ReturnType<typeof startServer>>;
let medusa: Awaited<ReturnType<typeof startMedusa>>;
test.beforeEach(async () => {
  medusa = await startMedusa();
  server = await startServer(["--private-hosts", "127.0.0.1"]);
});
test.afterEach(async () => {
  await server?.stop();
  medusa?.stop();
});

/** Makes the first account; gives the address of its store. */
async function signUp(page: Page) {
  await page.goto("/sign-up");
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Your name").fill("Ada Owner");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByLabel("Store name").fill("Ada's Shirts");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Ada's Shirts" })).toBeVisible();
  return new URL(page.url()).pathname;
}

test("who signs up, connects a Medusa and embeds the widget has shoppers' orders looked up in it", async ({
  browser,
  open,
  watch,
}) => {
  watch.allow(/Failed to load resource.* 422 .*orders\/(connect|set-publishable-key)/);
  const page = await open({ baseURL: server.url });
  const store = await signUp(page);

  await gotoLive(page, `${store}/orders`);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a shop" });
  await dialog.getByLabel("Address").fill(medusa.url);
  await dialog.getByLabel("Secret API key").fill("sk_wrong");
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(dialog.getByText("The shop refused the key.")).toBeVisible();
  await dialog.getByLabel("Secret API key").fill(medusa.key);
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("1 order, newest:")).toBeVisible();
  await expect(page.getByText("Working")).toBeVisible();
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("1 order, newest:")).toBeVisible();
  expect(await page.content()).not.toContain(medusa.key);

  // The built-in orders come last until they are moved; the focus stays with them.
  const builtIn = page.locator("#source-built-in");
  await expect(page.locator(".source strong")).toHaveText(["Medusa", "Built-in orders"]);
  await builtIn.getByRole("button", { name: "Move Built-in orders up" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".source strong")).toHaveText(["Built-in orders", "Medusa"]);
  await expect(page.getByRole("status").getByText("Built-in orders: now 1 of 2.")).toBeAttached();
  const down = builtIn.getByRole("button", { name: "Move Built-in orders down" });
  await expect(down).toBeFocused();
  await page.reload();
  await page.waitForLoadState("networkidle");
  await expect(page.locator(".source strong")).toHaveText(["Built-in orders", "Medusa"]);
  await down.press("Enter");
  await expect(page.locator(".source strong")).toHaveText(["Medusa", "Built-in orders"]);
  await expect(builtIn.getByRole("button", { name: "Move Built-in orders up" })).toBeFocused();

  await page.getByRole("button", { name: "Publishable key" }).click();
  const customers = page.getByRole("dialog", { name: "Customers who are signed in" });
  await customers.getByLabel("Publishable API key").fill("pk_wrong");
  await customers.getByRole("button", { name: "Save" }).click();
  await expect(customers.getByText("The shop doesn't know this publishable key.")).toBeVisible();
  await customers.getByLabel("Publishable API key").fill(medusa.publishableKey);
  await customers.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Customers are known by the shop's own token.")).toBeVisible();

  await gotoLive(page, `${store}/widget`);
  await page.getByRole("switch", { name: /^Enable chat widget/ }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("status").getByText(/^Widget settings saved/)).toBeVisible();
  const code = await page.getByLabel("Embed code").inputValue();
  await expect(page.getByText("Learned from your orders: 1.")).toBeVisible();

  const shop = createServer((_, response) =>
    response
      .setHeader("content-type", "text/html; charset=utf-8")
      .end(`<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,">${code}</html>`),
  );
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  // Of another origin than the server, as shops are.
  const context = await browser.newContext();
  const shopper = await context.newPage();
  await shopper.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`);
  const chat = new Chat(shopper);
  await chat.open();
  const answer = await chat.ask("Where is my order #1?");
  await expect(answer).toContainText("Order #1: Shipped");
  await expect(answer).toContainText("1 × Linen Shirt (L)");
  await expect(answer.locator("summary").first()).toContainText(/On its way, .*24/);
  await expect(answer).toContainText("49.90 EUR · Paid");
  await expect(answer.getByRole("link")).toHaveAttribute("href", "https://track.example.com/T1");

  // While the shop is down, whoever has the page open sees it without loading it anew.
  await gotoLive(page, `${store}/orders`);
  await expect(page.getByText("Working")).toBeVisible();
  medusa.fails(true);
  await chat.ask("Where is my order #2?");
  await expect(page.getByText("Needs a look")).toBeVisible();
  await expect(page.getByText("The shop answered with an error of its own.")).toBeVisible();
  await gotoLive(page, store);
  await expect(page.getByText("Medusa needs a look")).toBeVisible();
  await gotoLive(page, `${store}/orders`);
  medusa.fails(false);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Working")).toBeVisible();

  // She signs in to the shop, whose own token says who she is.
  await shopper.evaluate((token) => {
    const { shopdesk } = window as unknown as { shopdesk: (command: string, token: string) => void };
    shopdesk("identify", token);
  }, medusa.token);
  await gotoLive(page, `${store}/inbox`);
  await page.getByRole("link", { name: /Anna Berg/ }).click();
  await expect(page.locator(".thread-head").getByText("Verified")).toBeVisible();
  await context.close();
  await page.close();
  shop.closeAllConnections();
  shop.close();
});

/** Connects the Medusa on the page *Orders*. */
async function connect(page: Page, store: string) {
  await gotoLive(page, `${store}/orders`);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a shop" });
  await dialog.getByLabel("Address").fill(medusa.url);
  await dialog.getByLabel("Secret API key").fill(medusa.key);
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.locator(".source strong")).toHaveText(["Medusa", "Built-in orders"]);
}

test("beside a thread are the shopper's orders, and a shop that couldn't be asked is asked again", async ({
  open,
  request,
}) => {
  const page = await open({ baseURL: server.url });
  const store = await signUp(page);
  await connect(page, store);
  await gotoLive(page, `${store}/widget`);
  await page.getByRole("switch", { name: /^Enable chat widget/ }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("status").getByText(/^Widget settings saved/)).toBeVisible();
  const code = await page.getByLabel("Embed code").inputValue();
  const key = /data-store="([^"]+)"/.exec(code)?.[1] ?? "";

  medusa.fails(true);
  const anna = { name: "Anna", email: "anna@example.com" };
  const shopper = await Shopper.write(request, { key }, "Hello there", anna, server.url);
  // The thread is there before the shop has answered.
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/api/app/inbox/orders", async (route) => {
    await asked;
    await route.continue();
  });
  await gotoLive(page, `${store}/inbox/${shopper.conversation}`);
  await expect(page.getByRole("log", { name: "Messages" }).getByText("Hello there")).toBeVisible();
  const orders = page.getByRole("region", { name: "Orders" });
  await expect(orders.getByText("Looking up …")).toBeVisible();
  answer();
  await expect(orders).toContainText("Medusa couldn't be asked: orders may be missing here.");
  await expect(orders).toContainText("The shop answered with an error of its own.");
  await expect(orders).not.toContainText("None with this email.");

  medusa.fails(false);
  await orders.getByRole("button", { name: "Try again" }).click();
  await expect(orders.getByText("#1", { exact: true })).toBeVisible();
  await expect(orders).toContainText("€49.90");
  await expect(orders).toContainText("Linen Shirt");
  await expect(orders).toContainText("Of the email as typed: it isn't verified.");
  await expect(orders.getByRole("link")).toHaveAttribute("href", "https://track.example.com/T1");
  await expect(orders.getByRole("button", { name: "Try again" })).toBeHidden();
  await page.close();
});

test("a shop that is disconnected is asked no more, once that was confirmed", async ({ open }) => {
  const page = await open({ baseURL: server.url });
  const store = await signUp(page);
  await connect(page, store);

  await page.getByRole("button", { name: "Disconnect" }).click();
  const question = page.getByRole("dialog", { name: "Disconnect this shop?" });
  await expect(question).toContainText(`Orders of ${medusa.url} are no longer looked up`);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText("Working")).toBeVisible();

  await page.getByRole("button", { name: "Disconnect" }).click();
  await question.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("Disconnected.")).toBeVisible();
  await expect(page.getByText("None yet. Connect your shop")).toBeVisible();
  await expect(page.getByText("Working")).toBeHidden();
  await page.reload();
  await expect(page.getByText("None yet. Connect your shop")).toBeVisible();

  // With its key it can be connected again.
  await connect(page, store);
  await expect(page.getByText("Working")).toBeVisible();
  // Before the server ends: a page that is open asks it for what has changed.
  await page.close();
});
