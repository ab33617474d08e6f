// Shoppers who aren't signed in prove their email by a code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Chat } from "../support/chat";
import { startServer } from "../support/server.mjs";
import { expect, test } from "../support/test";

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeAll(async () => {
  server = await startServer(["--demo"]);
});
test.afterAll(() => server?.stop());

/** The code of the newest mail, once there is one. */
async function mailedCode() {
  const folder = join(server.dataDir, "mail");
  await expect.poll(() => existsSync(folder) && readdirSync(folder).length).toBeTruthy();
  const newest = readdirSync(folder).sort().at(-1) as string;
  return /^Subject: (\d{6})/m.exec(readFileSync(join(folder, newest), "utf8"))?.[1] as string;
}

test("a shopper proves their email in the chat, and sees their order", async ({ open, watch }) => {
  watch.allow(/status of (401|422)/);
  const page = await open({ baseURL: server.url });
  const authorization = "Bearer demo-api-key";
  const section = await page.request.get("/api/v1/settings/orders", { headers: { authorization } });
  const saved = await page.request.put("/api/v1/settings/orders", {
    headers: { authorization, "if-match": section.headers().etag },
    data: { ...(await section.json()), lookup_check: "verified_customer_only" },
  });
  expect(saved.ok(), await saved.text()).toBe(true);

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
  const right = await mailedCode();
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
});
