// The account: a second factor, and a forgotten password. On a server of its own, since it is the
// demo owner's.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join as path } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { startServer } from "../support/server.mjs";
import { invite, join } from "../support/team";
import { expect, gotoLive, test } from "../support/test";
import { code } from "../support/totp";

const EMAIL = "owner@demo.shop";
const PASSWORD = "demo-password";

let server: Awaited<ReturnType<typeof startServer>>;
test.beforeEach(async () => {
  server = await startServer(["--demo"]);
});
test.afterEach(() => server?.stop());

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect.soft(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`), page.url()).toEqual([]);
}

async function signIn(page: Page, password: string, next = "/account") {
  await page.goto(`/sign-in?next=${next}`);
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Sets a second factor up from the page that begins it; the app's key, and the recovery codes. */
async function setUp(page: Page, password: string) {
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Set it up" }).click();
  await expect(page.getByRole("img", { name: "QR code of the key" })).toBeVisible();
  const key = (await page.locator(".key-text").textContent()) as string;
  await page.getByRole("textbox", { name: "Code" }).fill(code(key));
  await page.getByRole("button", { name: "Switch it on" }).click();
  await expect(page.getByRole("heading", { name: "Keep your recovery codes" })).toBeVisible();
  const codes = await page.locator(".recovery-codes code").allTextContents();
  expect(codes).toHaveLength(10);
  return { key, codes };
}

const mails = () => {
  const folder = path(server.dataDir, "mail");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.map((name) => readFileSync(path(folder, name), "utf8").replace(/=\r\n/g, "").replace(/=3D/g, "="));
};

test("a second factor is set up, asked for, and switched off", async ({ open, watch }) => {
  test.slow();
  watch.allow(/status of (401|422)/);
  const page = await open({ baseURL: server.url, reducedMotion: "reduce" });
  await signIn(page, PASSWORD);
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
  await page.getByRole("link", { name: "Set up" }).click();
  await expect(page).toHaveURL(/\/account\/two-factor$/);
  await expectAccessible(page);
  await page.getByLabel("Your password").fill("not my password");
  await page.getByRole("button", { name: "Set it up" }).click();
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  const { key, codes } = await setUp(page, PASSWORD);
  await expectAccessible(page);
  await page.reload();
  await expect(page.locator(".recovery-codes code")).toHaveCount(10);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("10 recovery codes are left")).toBeVisible();
  await page.goBack();
  await expect(page.locator(".recovery-codes")).toHaveCount(0);
  await expect.poll(() => mails().filter((mail) => mail.includes("Subject: Two-factor sign-in is on")).length).toBe(1);

  // With scripts, from the live sign-in page, and back to where it led.
  const again = await open({ baseURL: server.url });
  await signIn(again, PASSWORD);
  await expect(again.getByRole("heading", { name: "Enter your code" })).toBeVisible();
  await expect(again.getByRole("textbox", { name: "Code" })).toBeFocused();
  await expectAccessible(again);
  await again.getByRole("textbox", { name: "Code" }).fill("000000");
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again.getByText("This code isn't right, or it was used already.")).toBeVisible();
  await again.getByRole("textbox", { name: "Code" }).fill(code(key, 1));
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again.getByRole("heading", { name: "Your account" })).toBeVisible();

  // Without any, by a recovery code.
  const plain = await open({ baseURL: server.url, javaScriptEnabled: false });
  await signIn(plain, PASSWORD, "/account/two-factor");
  await plain.getByRole("textbox", { name: "Code" }).fill(codes[0].toUpperCase());
  await plain.getByRole("button", { name: "Sign in" }).click();
  await expect(plain).toHaveURL(/\/account\/two-factor$/);
  await expect(plain.getByText("9 recovery codes are left")).toBeVisible();
  await plain.getByText("Switch it off").click();
  await plain.locator("#off-password").fill(PASSWORD);
  await plain.locator("#off-code").fill(codes[1]);
  await expectAccessible(page);
  await plain.getByRole("button", { name: "Switch off" }).click();
  await expect(plain.getByRole("button", { name: "Set it up" })).toBeVisible();
});

test("a store that requires it leads its team to the set-up and back", async ({ open, watch }) => {
  test.slow();
  watch.allow(/Failed to load resource/);
  const owner = await open({ baseURL: server.url });
  await signIn(owner, PASSWORD, "/account/two-factor");
  await setUp(owner, PASSWORD);
  await owner.getByRole("button", { name: "I have kept them" }).click();
  await owner.goto("/stores");
  await owner.locator("main a.store-card").first().click();
  await owner.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Team" }).click();
  const link = await invite(owner);
  const tom = await open({ baseURL: server.url });
  await join(tom, link, "Tom Berg");
  const store = new URL(tom.url()).pathname;
  await gotoLive(tom, `${store}/inbox`);

  await owner.getByRole("button", { name: "Require it" }).click();
  await expect(owner.getByText("It is required: who has none is led to setting it up.")).toBeVisible();
  await expect(owner.getByRole("row", { name: "Maya Lindqvist" })).toContainText("2FA");
  await expect(owner.getByRole("row", { name: "Tom Berg" })).not.toContainText("2FA");
  // At once, from the page that is open, and from others.
  await expect(tom).toHaveURL(/\/account\/two-factor\?next=/);
  await expect(tom.getByText("Demo Shop requires it")).toBeVisible();
  await tom.goto("/stores");
  await tom.locator("main a.store-card").first().click();
  await expect(tom).toHaveURL(/\/account\/two-factor\?next=/);
  await setUp(tom, "a long enough password");
  await tom.getByRole("button", { name: "I have kept them" }).click();
  await expect(tom).toHaveURL(new RegExp(store));
  await expect(tom.getByRole("heading", { name: "Demo Shop" })).toBeVisible();
  await expect(owner.getByRole("row", { name: "Tom Berg" })).toContainText("2FA");
  // Before the server ends: a page that is open comes back to it again and again.
  await owner.close();
  await tom.close();
});

test("a forgotten password is set anew by a mail, and the code is asked for all the same", async ({ open, watch }) => {
  watch.allow(/status of 404/);
  const page = await open({ baseURL: server.url });
  await signIn(page, PASSWORD, "/account/two-factor");
  const { codes } = await setUp(page, PASSWORD);

  const other = await open({ baseURL: server.url });
  await other.goto("/sign-in");
  await other.getByRole("link", { name: "Forgot your password?" }).click();
  await expectAccessible(other);
  const answers = [];
  for (const email of ["nobody@example.com", EMAIL]) {
    await other.goto("/forgot-password");
    await other.getByLabel("Email").fill(email);
    await other.getByRole("button", { name: "Send the link" }).click();
    await expect(other.getByRole("heading", { name: "Look into your mails" })).toBeVisible();
    answers.push(await other.locator("main").innerText());
  }
  expect(answers[0]).toBe(answers[1]);
  const links = () => mails().flatMap((mail) => /http:\S+\/reset-password\/\S+/.exec(mail)?.[0] ?? []);
  await expect.poll(() => links().length).toBe(1);
  const link = new URL(links()[0]).pathname;
  await other.goto(link);
  await expectAccessible(other);
  await other.getByLabel("New password").fill("short");
  await other.getByRole("button", { name: "Set the password" }).click();
  await expect(other.getByText("at least 10 characters")).toBeVisible();
  await other.getByLabel("New password").fill("another good password");
  await other.getByRole("button", { name: "Set the password" }).click();
  await expect(other.getByRole("heading", { name: "Your password is set" })).toBeVisible();
  await other.goto(link);
  await expect(other.getByRole("heading", { name: "This link doesn't work any more" })).toBeVisible();
  await expectAccessible(other);

  // Everybody is out, and the second factor stays.
  await page.goto("/account");
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(other, "another good password");
  await other.getByRole("textbox", { name: "Code" }).fill(codes[0]);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("heading", { name: "Your account" })).toBeVisible();
});
