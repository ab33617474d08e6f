// Shoppers who aren't signed in prove their email by a code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Chat } from "../support/chat";
import { startServer } from "../support/server.mjs";
import { expect, test } from "../support/test";

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeAll(async () => {
  server = await startServer(["--demo"]);
});
test.afterAll(() => server?.stop());

const folder = () => join(server.dataDir, "mail");
const mails = () => (existsSync(folder()) ? readdirSync(folder()).length : 0);

/** The code of the newest mail, once there is one more than before. */
async function mailedCode(before: number) {
  await expect.poll(mails).toBe(before + 1);
  const newest = readdirSync(folder()).sort().at(-1) as string;
  return /^Subject: (\d{6})/m.exec(readFileSync(join(folder(), newest), "utf8"))?.[1] as string;
}

/** Shows orders to nobody else. */
async function verifiedCustomerOnly(page: Page) {
  const authorization = "Bearer demo-api-key";
  const section = await page.request.get("/api/v1/settings/orders", { headers: { authorization } });
  const saved = await page.request.put("/api/v1/settings/orders", {
    headers: { authorization, "if-match": section.headers().etag },
    data: { ...(await section.json()), lookup_check: "verified_customer_only" },
  });
  expect(saved.ok(), await saved.text()).toBe(true);
}

test("a shopper proves their email in the chat, and sees their order", async ({ open, watch }) => {
  watch.allow(/status of (401|422)/);
  const page = await open({ baseURL: server.url });
  await verifiedCustomerOnly(page);
  const before = mails();

  await page.goto("/demo");
  const chat = new Chat(page);
  await chat.open();
  await chat.ask("Where is my order #1001?");
  const asked = chat.ai.first();
  await expect(asked).toContainText("I show orders only to the person who placed them");
  const email = asked.getByLabel("Email");
  await email.fill("jane");
  await asked.getByRole("button", { name: "Send code" }).click();
  await expect(asked.getByText("This doesn't look like an email address")).toBeVisible();
  await email.fill("jane@example.com");
  await email.press("Enter");

  const code = asked.getByLabel("Code from the email");
  await expect(code).toBeFocused();
  const right = await mailedCode(before);
  // Another page goes on with the code, and takes no focus away.
  await page.reload();
  await expect(code).toBeVisible();
  await expect(code).not.toBeFocused();
  await expect(asked.getByRole("button", { name: "Send code" })).toHaveCount(0);
  await code.fill(right === "000000" ? "000001" : "000000");
  await code.press("Enter");
  await expect(asked.getByText("This code isn't valid.")).toBeVisible();
  await code.fill(right);
  await code.press("Enter");
  await expect(asked.getByText("your email address is confirmed")).toBeVisible();
  await expect(chat.ai).toHaveCount(2);
  await expect(chat.ai.last().getByText("2 × Pillowcase pair, sand", { exact: true })).toBeVisible();
  // The next message goes by the new token, and so does a new page.
  await chat.send("Thank you!");
  await chat.expectAllSent();
  await page.reload();
  await expect(chat.own).toHaveText(["Where is my order #1001?", "Thank you!"]);
  await expect(chat.log.getByRole("textbox")).toHaveCount(0);
  expect(mails()).toBe(before + 1);
});

test("a message on its way while the code is checked stays in its conversation", async ({ open }) => {
  const page = await open({ baseURL: server.url });
  await verifiedCustomerOnly(page);
  const before = mails();
  await page.goto("/demo");
  const chat = new Chat(page);
  await chat.open();
  await chat.ask("Where is my order #1001?");
  await chat.ai.first().getByLabel("Email").fill("jane@example.com");
  await chat.ai.first().getByRole("button", { name: "Send code" }).click();
  const code = chat.ai.first().getByLabel("Code from the email");
  await code.fill(await mailedCode(before));

  // The message comes to the server after the code if that is sent at once, and the code's
  // answer comes to the page after the message's.
  const asked: string[] = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(new URL(request.url()).pathname));
  const [checked, isChecked] = signal();
  const [answered, isAnswered] = signal();
  await page.route("**/code/verify", async (route) => {
    const response = await route.fetch();
    isChecked();
    await answered;
    await route.fulfill({ response });
  });
  await page.route("**/messages", async (route) => {
    await Promise.race([checked, page.waitForTimeout(1_000)]);
    await route.fulfill({ response: await route.fetch() });
    isAnswered();
  });
  await chat.send("Thank you!");
  await code.press("Enter");
  await expect(chat.ai.first().getByText("your email address is confirmed")).toBeVisible();
  await chat.expectAllSent();
  await expect(chat.own).toHaveText(["Where is my order #1001?", "Thank you!"]);
  await expect(chat.ai.last().getByText("2 × Pillowcase pair, sand", { exact: true })).toBeVisible();
  expect(asked.filter((path) => path.endsWith("/conversations"))).toEqual([]);
});

/** A promise and what keeps it. */
function signal() {
  let keep = () => {};
  const kept = new Promise<void>((resolve) => (keep = resolve));
  return [kept, () => keep()] as const;
}
