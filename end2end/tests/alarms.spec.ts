// Shoppers who wait longer than promised: what the row says, what every page says, what ends it.
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { expect, gotoLive, test, unique } from "../support/test";

const alarm = (page: Page) => page.locator(".alarm");
const row = (page: Page, shopper: Shopper) => page.locator(`.row[href*="${shopper.conversation}"]`);
/** A minute is the shortest promise, and the server looks every five seconds. */
const A_MINUTE = { timeout: 100_000 };

/** Counts what would be heard and shown outside the page, which is hidden as soon as it says so. */
function listen() {
  const heard = { sounds: 0, told: [] as string[], hidden: false };
  const Silent = class {
    constructor() {
      heard.sounds += 1;
      throw new Error("no sound here");
    }
  };
  const Told = class {
    static permission = "granted";
    constructor(title: string) {
      heard.told.push(title);
    }
  };
  Object.assign(window, { heard, AudioContext: Silent, Notification: Told });
  Object.defineProperty(document, "visibilityState", { get: () => (heard.hidden ? "hidden" : "visible") });
}
/** The account page belongs to no store, so it has no socket: its script knows what may be asked. */
async function gotoAccount(page: Page) {
  await page.goto("/account");
  await expect(page.getByRole("button", { name: "Allow notifications here" })).toBeVisible();
}
const heard = (page: Page) =>
  page.evaluate(() => (window as unknown as { heard: { sounds: number; told: string[] } }).heard);

test("who waits too long is told of on every page until somebody answers", async ({
  merchant,
  open,
  request,
  signedIn,
}) => {
  test.setTimeout(240_000);
  const account = await open({ storageState: signedIn.cookies });
  await gotoAccount(account);
  await account.getByRole("switch", { name: "Browser notification" }).check();
  await account.getByRole("button", { name: "Save notifications" }).click();
  await expect(account.getByText("Notifications saved.")).toBeVisible();

  const store = await merchant.createStore(unique("Late"), {
    chat: { enabled: true, response_promise_minutes: 1 },
  });
  const page = await open({ storageState: signedIn.cookies });
  await page.addInitScript(listen);
  await gotoLive(page, `/stores/${store.id}/inbox`);
  const jane = await Shopper.write(request, store, "Do you have this in blue?", { name: "Jane <b>Roe</b>" });
  await expect(row(page, jane)).toContainText("Waits < 1 min");
  await expect(row(page, jane).locator(".badge").filter({ hasText: "Waits" })).toHaveClass("badge");
  await expect(alarm(page)).toBeHidden();

  // The page's own clock makes it warm: nothing of the store has changed.
  await page.evaluate(() => Object.assign((window as unknown as { heard: object }).heard, { hidden: true }));
  await expect(row(page, jane).locator(".badge-warning")).toContainText(", due soon", A_MINUTE);
  await expect(alarm(page)).toContainText("Jane <b>Roe</b> has waited longer than promised", A_MINUTE);
  await expect(page).toHaveTitle(/^⏰ 1 waiting · \(1\) Chat Inbox/);
  await expect(row(page, jane).locator(".badge-bad")).toContainText(", late", A_MINUTE);
  expect(await heard(page)).toMatchObject({ sounds: 1, told: ["Jane <b>Roe</b> has waited longer than promised"] });

  // A page that is opened later shows it and is silent.
  const later = await open({ storageState: signedIn.cookies });
  await later.addInitScript(listen);
  await gotoLive(later, `/stores/${store.id}`);
  await expect(alarm(later)).toContainText("Jane <b>Roe</b>");
  expect(await heard(later)).toMatchObject({ sounds: 0, told: [] });

  await alarm(page).getByRole("link", { name: /^Jane/ }).click();
  await expect(page.getByRole("heading", { name: "Jane <b>Roe</b>" })).toBeVisible();
  // Who has it open sees it there.
  await expect(alarm(page)).toBeHidden();
  await page.getByRole("textbox", { name: "Your reply" }).fill("Yes, we do.");
  await page.keyboard.press("Enter");
  await expect(alarm(later)).toBeHidden();
  await expect(later).toHaveTitle(/^Overview|^[^⏰]*$/);
  await expect(row(page, jane)).not.toContainText("Waits");

  await gotoAccount(account);
  await account.getByRole("switch", { name: "Browser notification" }).uncheck();
  await account.getByRole("button", { name: "Save notifications" }).click();
  await expect(account.getByText("Notifications saved.")).toBeVisible();
});

test("a promise is set in the settings, and what is no promise is said there", async ({ dashboard, merchant }) => {
  const store = await merchant.createStore(unique("Promise"), { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/widget`);
  const field = page.getByLabel("Answer within (minutes)");
  await expect(field).toHaveValue("");
  await field.fill("soon");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(field).toBeFocused();
  await expect(page.locator("#response_promise_minutes-note")).toHaveText(/whole number of minutes from 1 to 10080/);
  await field.fill("30");
  await field.press("Enter");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Widget settings saved.")).toBeVisible();
  await gotoLive(page, `/stores/${store.id}/widget`);
  await expect(field).toHaveValue("30");
  await field.fill("");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Widget settings saved.")).toBeVisible();
});

test("quiet hours are chosen by keys alone, in the browser's zone", async ({ open, signedIn, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*account\/notifications/);
  const page = await open({ storageState: signedIn.cookies, timezoneId: "Asia/Tokyo" });
  await gotoAccount(page);
  const [from, until] = [page.getByLabel("Quiet from"), page.getByLabel("Quiet until")];
  const save = page.getByRole("button", { name: "Save notifications" });
  await expect(page.getByText("Your time zone is Asia/Tokyo.")).toBeVisible();
  await from.fill("22:00");
  await save.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("#quiet_until-note")).toHaveText(/both times/);
  // What was chosen is still there.
  await expect(from).toHaveValue("22:00");
  await until.fill("07:00");
  await page.getByRole("switch", { name: "Sound" }).focus();
  await page.keyboard.press("Space");
  await save.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Notifications saved.")).toBeVisible();
  await gotoAccount(page);
  await expect(from).toHaveValue("22:00");
  await expect(until).toHaveValue("07:00");
  await expect(page.getByRole("switch", { name: "Sound" })).not.toBeChecked();
  await expect(page.getByRole("switch", { name: "Email" })).toBeChecked();

  await from.fill("");
  await until.fill("");
  await page.getByRole("switch", { name: "Sound" }).check();
  await save.click();
  await expect(page.getByText("Notifications saved.")).toBeVisible();
});
