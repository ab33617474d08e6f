// The team: a link that brings somebody in, what each role is offered, and the way out.
import type { Page } from "@playwright/test";
import { invite } from "../support/team";
import { expect, gotoLive, test, unique } from "../support/test";

const rail = (page: Page) => page.getByRole("navigation", { name: "Main" });
const person = (page: Page, name: string) => page.getByRole("row", { name });

test("somebody is invited, joins, gets another role, and is out at once", async ({ dashboard, merchant, open, watch }) => {
  test.slow();
  // What the page that is out still asks for.
  watch.allow(/Failed to load resource/);
  const name = unique("Team");
  const store = await merchant.createStore(name, { chat: { enabled: true } });
  const owner = await dashboard(`/stores/${store.id}`);
  await rail(owner).getByRole("link", { name: "Team" }).click();
  await expect(owner.getByText("You are alone here")).toBeVisible();
  await expect(owner.getByText("You are the only owner.")).toBeVisible();
  const link = await invite(owner);
  await expect(owner.getByRole("region", { name: "Invitations" })).toContainText("Whoever has the link");

  const tom = await open();
  await tom.goto(link);
  await expect(tom.getByRole("heading", { name: `Join the team of ${name}` })).toBeVisible();
  await tom.waitForLoadState("networkidle");
  await tom.getByLabel("Your name").fill("Tom Berg");
  await tom.getByLabel("Email").fill(`${unique("tom").replace(/\W/g, "")}@example.com`);
  await tom.getByLabel("Password").fill("short");
  await tom.getByRole("button", { name: "Create account and join" }).click();
  await expect(tom.locator("#password-note.is-error")).toBeVisible();
  await tom.getByLabel("Password").fill("a long enough password");
  await tom.getByRole("button", { name: "Create account and join" }).click();
  await expect(tom.getByRole("heading", { name })).toBeVisible();

  // The owner sees it happen.
  await expect(person(owner, "Tom Berg")).toContainText("Agent");
  await expect(owner.getByRole("region", { name: "Invitations" })).toBeHidden();
  const late = await open();
  await late.goto(link);
  await expect(late.getByRole("heading", { name: "This invitation was used" })).toBeVisible();

  // An agent is offered what agents may do.
  await expect(rail(tom).getByRole("link", { name: "Chat Inbox" })).toBeVisible();
  await expect(rail(tom).getByRole("link", { name: "API keys" })).toBeHidden();
  await rail(tom).getByRole("link", { name: "Widget Settings" }).click();
  await expect(tom.getByText("You can read these settings.")).toBeVisible();
  await expect(tom.getByLabel("Greeting message")).toBeDisabled();
  await rail(tom).getByRole("link", { name: "FAQ Knowledge Base" }).click();
  await expect(tom.getByText("Nothing to answer from yet")).toBeVisible();
  await expect(tom.getByRole("button", { name: "New Category" })).toBeHidden();
  await rail(tom).getByRole("link", { name: "Team" }).click();
  await expect(person(tom, "Tom Berg")).toContainText("You");
  await expect(tom.getByRole("button", { name: "Invite", exact: true })).toBeHidden();

  await gotoLive(tom, tom.url());
  await owner.getByLabel("More for Tom Berg").click();
  await owner.getByRole("button", { name: "Make an admin" }).click();
  await expect(owner.getByRole("status").getByText("Tom Berg is an admin now.")).toBeVisible();
  await expect(person(owner, "Tom Berg")).toContainText("Admin");
  await expect(tom.getByRole("button", { name: "Invite", exact: true })).toBeVisible();
  await expect(rail(tom).getByRole("link", { name: "API keys" })).toBeVisible();

  await gotoLive(tom, `/stores/${store.id}/inbox`);
  await owner.getByLabel("More for Tom Berg").click();
  await owner.getByRole("button", { name: "Remove from the team" }).click();
  const question = owner.getByRole("dialog", { name: "Remove Tom Berg from the team?" });
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(tom).toHaveURL(/\/stores\?ended$/);
  await expect(tom.getByText("You are not in the team of the store any more")).toBeVisible();
  await expect(tom.getByText(name)).toHaveCount(0);
  await expect(person(owner, "Tom Berg")).toBeHidden();
});

test("stores are switched by key, by pointer, and on a phone", async ({ dashboard, merchant }) => {
  const [one, two] = [unique("Alpha"), unique("Beta")];
  const [first, second] = [await merchant.createStore(one), await merchant.createStore(two)];
  const page = await dashboard(`/stores/${first.id}`);
  const list = page.locator(".switcher-list");
  const store = (name: string) => list.getByRole("link", { name });
  await expect(page.locator(".switcher-button")).toContainText(one);
  await page.keyboard.press("Control+Shift+S");
  await expect(store(one)).toBeFocused();
  await expect(store(one)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await expect(page.locator(".switcher-button")).toBeFocused();

  await page.keyboard.press("Control+Shift+S");
  await page.keyboard.press("ArrowUp");
  await expect(store(one)).not.toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(store(one)).toBeFocused();
  await store(two).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/stores/${second.id}$`));
  await expect(page.getByRole("heading", { name: two })).toBeVisible();
  await expect(list).toBeHidden();
  await page.locator(".switcher-button").click();
  await expect(store(two)).toHaveAttribute("aria-current", "true");
  await page.getByRole("heading", { name: two }).click();
  await expect(list).toBeHidden();

  const phone = await dashboard(`/stores/${second.id}/inbox`, { viewport: { width: 390, height: 844 } });
  const button = phone.locator(".switcher-button");
  await expect(button).toBeVisible();
  await expect(button).toContainText(two);
  await button.click();
  await phone.locator(".switcher-list").getByRole("link", { name: one }).click();
  await expect(phone).toHaveURL(new RegExp(`/stores/${first.id}$`));
});

test("a browser is signed out from another one, and says so", async ({ open, watch }) => {
  // What the page asks for before it has heard that its session has ended.
  watch.allow(/Failed to load resource.* 401 .*inbox\/counts/);
  const sign = async (page: Page) => {
    await page.goto("/sign-in");
    await page.getByLabel("Email").fill("owner@demo.shop");
    await page.getByLabel("Password").fill("demo-password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/stores/);
  };
  const here = await open({ userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0" });
  await sign(here);
  await here.goto("/sign-in");
  await expect(here).toHaveURL(/\/stores/);
  await here.goto("/account");
  const mine = here.getByRole("listitem").filter({ hasText: "This browser" });
  await expect(mine).toContainText("Firefox on Linux");
  const there = await open({ userAgent: "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1" });
  await sign(there);
  await there.goto("/stores");
  await there.locator("main a.store-card").first().click();
  await gotoLive(there, there.url());
  await here.reload();
  const other = here.getByRole("listitem").filter({ hasText: "Safari on iPad" }).first();
  await other.getByRole("button", { name: /^Sign out/ }).click();
  await expect(there.getByText("Your session has ended.")).toBeVisible();
  await there.getByRole("button", { name: "Sign in" }).click();
  await expect(there).toHaveURL(/\/sign-in\?next=/);
});
