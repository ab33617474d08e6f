// A day in a store, as those live it who have it: the owner at a desk, an agent on a phone, and a
// shopper who wants her money back.
import type { Locator, Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { frameReceived } from "../support/chat";
import { identify, makeSecret, sign } from "../support/identity";
import { invite, join } from "../support/team";
import { expect, test, unique } from "../support/test";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** A minute is the shortest promise, and the server looks every five seconds. */
const A_MINUTE = { timeout: 100_000 };

const rail = (page: Page) => page.getByRole("navigation", { name: "Main" });
const main = (page: Page) => page.getByRole("main");
const toast = (page: Page, text: string | RegExp) => page.locator(".toasts").getByText(text);
const alarm = (page: Page) => page.locator(".alarm");
const names = (page: Page) => page.locator(".row-name");
const row = (page: Page, text: string) => page.locator(".row", { hasText: text });
const tab = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Status" }).getByRole("link", { name: new RegExp(`^${name}`) });
const back = (page: Page) => page.getByRole("link", { name: "Back to the list" });
const log = (page: Page) => page.getByRole("log", { name: "Messages" });
/** The reply box, or that of notes; a combobox while a list is open over it. */
const box = (page: Page, label = "Your reply") => page.getByLabel(label, { exact: true });
const picks = (page: Page) => page.getByRole("toolbar", { name: "Selected conversations" });

/** The page is as wide as the phone. Else it could be moved aside, and the bar would leave the screen. */
async function expectNoOverflow(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width);
  await expect(rail(page).or(back(page)).first()).toBeInViewport({ ratio: 1 });
}

/** All of it can be read. */
async function expectWhole(locator: Locator) {
  await expect(locator).toBeInViewport({ ratio: 1 });
  expect(await locator.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
}

test("an owner, an agent on a phone and a shopper have a day together", async ({
  dashboard,
  merchant,
  open,
  request,
  storefront,
}) => {
  test.setTimeout(300_000);
  const store = await merchant.createStore(unique("Daily"), {
    chat: { enabled: true, response_promise_minutes: 1 },
  });
  await merchant.addCannedResponse(store, {
    keyword: "refund",
    title: "Refund on its way",
    text: "Hi {{customer.name|there}}, your refund is on its way. {{agent.name}}",
  });
  const settings = await dashboard(`/stores/${store.id}/widget`);
  const secret = await makeSecret(settings);
  const owner = await dashboard(`/stores/${store.id}`);
  const tom = await open(PHONE);

  await test.step("the owner invites an agent, who joins on a phone", async () => {
    await rail(owner).getByRole("link", { name: "Team" }).click();
    await expect(owner.getByText("You are alone here")).toBeVisible();
    const link = await invite(owner);
    const isLive = frameReceived(tom, "/ws", (frame) => frame.startsWith('{"ready"'));
    await join(tom, link, "Tom Berg");
    await isLive;
    await expectNoOverflow(tom);
    await expect(owner.getByRole("row", { name: "Tom Berg" })).toContainText("Agent");
    await expect(owner.getByRole("row", { name: "Tom Berg" })).toContainText("Available");
    // An agent is offered what agents may do.
    await expect(main(tom).getByRole("link", { name: "Canned Responses" })).toBeVisible();
    await expect(main(tom).getByRole("link", { name: "API keys" })).toBeHidden();
    await rail(tom).getByRole("link", { name: "Inbox" }).tap();
    await expect(tom.getByText("No open conversations")).toBeVisible();
  });

  const jane = await storefront(store);
  const question = "I sent the lamp back two weeks ago. Where is my money?";

  await test.step("a shopper writes, and waits longer than promised", async () => {
    await identify(jane.page, sign(secret, "jane", "Jane Doe"));
    await jane.open();
    await jane.send(question);
    await jane.expectAllSent();
    await expect(row(tom, question)).toContainText("Jane Doe");
    await expect(row(tom, question)).toContainText("1 unread message");
    await expect(row(tom, question)).toContainText("Waits < 1 min");
    await expect(owner).toHaveTitle(/^\(1\) Team/);
    await expect(alarm(owner)).toBeHidden();
    await expect(alarm(owner)).toContainText("Jane Doe has waited longer than promised", A_MINUTE);
    await expect(alarm(tom)).toContainText("Jane Doe has waited longer than promised");
    await expect(owner).toHaveTitle(/^⏰ 1 waiting · \(1\) Team/);
    await expect(row(tom, question)).toContainText("Waits 1 min, late", A_MINUTE);
    await expectNoOverflow(tom);
  });

  const refund = "Hi Jane Doe, your refund is on its way. Tom Berg";

  await test.step("the agent answers by a canned response", async () => {
    await row(tom, question).tap();
    await expectWhole(tom.getByRole("heading", { name: "Jane Doe" }));
    await expect(log(tom).getByText(question)).toBeVisible();
    // Who has it open sees it there; the others are still told.
    await expect(alarm(tom)).toBeHidden();
    await expect(alarm(owner)).toBeVisible();
    await box(tom).tap();
    await box(tom).pressSequentially("/refund");
    await expect(jane.log.locator(".typing")).toContainText("is typing");
    const option = tom.getByRole("listbox", { name: "Canned Responses" }).getByRole("option");
    await expect(option).toContainText("Refund on its way");
    await expectNoOverflow(tom);
    await option.tap();
    await expect(box(tom)).toHaveValue(refund);
    await tom.getByRole("button", { name: "Send", exact: true }).tap();
    await expect(jane.agent).toHaveText([refund]);
    await expect(jane.log.locator(".message.agent .name")).toHaveText("Tom Berg");
    await expect(log(tom).locator(".from-agent", { hasText: refund })).toContainText("Seen");
    await expect(alarm(owner)).toBeHidden();
    await expect(owner).toHaveTitle(/^Team/);
  });

  const note = "please tell her that the bank takes three days.";

  await test.step("the owner leaves a note, which speaks to the agent and not to the shopper", async () => {
    await back(tom).tap();
    await expect(row(tom, refund)).toContainText(`You: ${refund}`);
    await rail(tom).getByRole("link", { name: "Overview" }).tap();
    await expect(tom.getByRole("heading", { name: "Quick Actions" })).toBeVisible();
    await rail(owner).getByRole("link", { name: "Chat Inbox" }).click();
    await expect(row(owner, refund)).toContainText(`Tom Berg: ${refund}`);
    await expect(row(owner, refund)).not.toContainText("Waits");
    await row(owner, refund).click();
    await expect(log(owner).locator(".from-agent .message-label")).toHaveText("Tom Berg");
    await owner.keyboard.press("n");
    await expect(box(owner, "Your note")).toBeFocused();
    await box(owner, "Your note").pressSequentially("@to");
    await expect(owner.getByRole("option", { name: "Tom Berg" })).toBeVisible();
    await owner.keyboard.press("Enter");
    await owner.keyboard.type(note);
    await owner.keyboard.press("Enter");
    await expect(log(owner).locator(".from-note .mention")).toHaveText("@Tom Berg");

    await expect(toast(tom, `Maya Lindqvist mentioned you: @Tom Berg ${note}`)).toBeVisible();
    await expectNoOverflow(tom);
    await tom.locator(".toasts").getByRole("link", { name: "Open" }).tap();
    const noted = log(tom).locator(".from-note");
    await expect(noted).toContainText(note);
    await expect(noted.locator(".message-label")).toHaveText("Only your team · Maya Lindqvist");
    await expect(noted.locator(".mention.is-me")).toHaveText("@Tom Berg");

    // What comes after it reaches her, it doesn't.
    const answer = "The bank takes three days to book it.";
    await box(tom).fill(answer);
    await tom.getByRole("button", { name: "Send", exact: true }).tap();
    await expect(jane.agent).toHaveText([refund, answer]);
    await expect(log(owner).locator(".from-agent").last()).toContainText(answer);
    await expect(jane.log).not.toContainText(note);
    await jane.page.reload();
    await expect(jane.agent).toHaveText([refund, answer]);
    await expect(jane.log).not.toContainText(note);
  });

  const thanks = "Thank you! It still isn't there.";

  await test.step("the agent puts it off for an hour, and her next word brings it back", async () => {
    await tom.locator("summary[aria-label='Snooze (s)']").tap();
    const anHour = tom.getByRole("button", { name: /^In an hour/ });
    await expectWhole(anHour);
    await expectWhole(tom.getByLabel("Date and time"));
    await anHour.tap();
    await expect(toast(tom, /^Snoozed until /)).toBeVisible();
    await expect(log(owner).getByText(/Tom Berg snoozed this conversation until /)).toBeVisible();
    await expect(tab(owner, "Open")).toHaveText("Open 0");
    await expect(tab(owner, "Snoozed")).toHaveText("Snoozed 1");
    await expect(names(owner)).toHaveCount(0);
    await back(tom).tap();
    await tab(tom, "Snoozed").tap();
    await expect(row(tom, "Jane Doe")).toContainText(/Until /);

    await jane.send(thanks);
    await jane.expectAllSent();
    await expect(jane.window).not.toContainText(/snooze/i);
    await expect(names(tom)).toHaveCount(0);
    await tab(tom, "Open").tap();
    await expect(row(tom, thanks)).toContainText("1 unread message");
    await expect(row(owner, thanks)).toBeVisible();
    await expect(tab(owner, "Snoozed")).toHaveText("Snoozed 0");
    await expect(log(owner).getByText(thanks)).toBeVisible();
  });

  const tablet = await storefront(store);
  const other = "Do you have the lamp in green?";

  await test.step("what she asked on another device becomes one with it", async () => {
    await tablet.open();
    await tablet.send(other);
    await tablet.expectAllSent();
    await expect(row(owner, other)).toContainText("Visitor");
    // She signs in there, too: now it is known that she is the same.
    await identify(tablet.page, sign(secret, "jane", "Jane Doe"));
    await expect(names(owner)).toHaveText(["Jane Doe", "Jane Doe"]);
    await expect(names(tom)).toHaveText(["Jane Doe", "Jane Doe"]);
    await row(owner, other).click();
    await expect(log(owner).getByText(other)).toBeVisible();
    await owner.locator("summary[aria-label='More actions']").click();
    await owner.getByRole("button", { name: "Merge …" }).click();
    const dialog = owner.getByRole("dialog", { name: "Merge with another conversation" });
    await expect(dialog.getByRole("radio")).toHaveCount(1);
    await dialog.getByText(thanks).click();
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await expect(toast(owner, "Merged.")).toBeVisible();
    for (const text of [question, thanks, other]) await expect(log(owner).getByText(text)).toBeVisible();
    await expect(log(owner).getByText(/Maya Lindqvist merged another conversation of this shopper/)).toBeVisible();
    await expect(names(owner)).toHaveText(["Jane Doe"]);
    await expect(names(tom)).toHaveText(["Jane Doe"]);

    // She notices nothing, and is answered where she asked.
    await tablet.send("Or in blue?");
    await tablet.expectAllSent();
    await expect(log(owner).getByText("Or in blue?")).toBeVisible();
    await box(owner).fill("In green from Monday on.");
    await box(owner).press("Enter");
    await expect(tablet.agent).toHaveText(["In green from Monday on."]);
    await expect(tablet.own).toHaveText([other, "Or in blue?"]);
    await expect(jane.agent.last()).toHaveText("In green from Monday on.");
  });

  await test.step("the agent finds what she wrote first, and it opens there", async () => {
    await row(tom, "Jane Doe").tap();
    await expect(log(tom).getByText("In green from Monday on.")).toBeInViewport();
    await expect(log(tom).getByText(question)).not.toBeInViewport();
    await back(tom).tap();
    const field = tom.getByRole("searchbox", { name: "Search conversations" });
    await field.tap();
    await field.fill("weeks ago");
    const found = tom.locator(".found-link", { hasText: question });
    await expect(found.locator("mark")).toHaveText(["weeks", "ago"]);
    await expect(tom.getByText("1 conversation", { exact: true })).toBeVisible();
    await expectNoOverflow(tom);
    await found.tap();
    await expect(log(tom).locator(".is-found")).toContainText(question);
    await expect(log(tom).locator(".is-found")).toBeInViewport();
    await back(tom).tap();
    await expect(found).toBeVisible();
    await field.fill("");
    await expect(names(tom)).toHaveText(["Jane Doe"]);
  });

  await test.step("several are resolved at once, brought back, and resolved for good", async () => {
    for (const name of ["Ann", "Bea", "Cia"]) await Shopper.write(request, store, "Thanks, it has come!", { name });
    await expect(names(tom)).toHaveText(["Cia", "Bea", "Ann", "Jane Doe"]);
    await expect(names(owner)).toHaveText(["Cia", "Bea", "Ann", "Jane Doe"]);
    await tom.getByRole("button", { name: "Select conversations" }).tap();
    for (const name of ["Ann", "Bea", "Cia"]) await tom.getByRole("checkbox", { name: `Select ${name}` }).tap();
    await expect(picks(tom).getByRole("status")).toHaveText("3 selected");
    await expectNoOverflow(tom);
    await expectWhole(picks(tom).getByRole("button", { name: "End selecting" }));
    await picks(tom).getByRole("button", { name: "Resolve" }).tap();
    await expect(toast(tom, "3 conversations resolved.")).toBeVisible();
    await expect(names(tom)).toHaveText(["Jane Doe"]);
    await expect(names(owner)).toHaveText(["Jane Doe"]);
    await tom.locator(".toasts").getByRole("button", { name: "Undo" }).tap();
    await expect(names(tom)).toHaveText(["Cia", "Bea", "Ann", "Jane Doe"]);
    await expect(names(owner)).toHaveText(["Cia", "Bea", "Ann", "Jane Doe"]);
    await picks(tom).getByRole("button", { name: "End selecting" }).tap();
    await expect(picks(tom)).toBeHidden();

    await owner.getByRole("button", { name: "Select conversations" }).click();
    await owner.getByRole("checkbox", { name: "Select all that are shown" }).check();
    await picks(owner).getByRole("button", { name: "Resolve" }).click();
    await expect(toast(owner, "4 conversations resolved.")).toBeVisible();
    await expect(owner.getByText("No open conversations")).toBeVisible();
    await expect(tom.getByText("No open conversations")).toBeVisible();
    await expect(jane.window.getByText("This conversation was resolved.")).toBeVisible();
  });

  await test.step("the agent becomes an admin, and is offered more", async () => {
    await rail(tom).getByRole("link", { name: "Overview" }).tap();
    await main(tom).getByRole("link", { name: "Team" }).tap();
    await expect(tom.getByRole("row", { name: "Tom Berg" })).toContainText("Agent");
    await expect(tom.getByRole("button", { name: "Invite", exact: true })).toBeHidden();
    await expectNoOverflow(tom);
    await rail(owner).getByRole("link", { name: "Team" }).click();
    await owner.getByLabel("More for Tom Berg").click();
    await owner.getByRole("button", { name: "Make an admin" }).click();
    await expect(toast(owner, "Tom Berg is an admin now.")).toBeVisible();
    await expect(owner.getByRole("row", { name: "Tom Berg" })).toContainText("Admin");
    await expect(owner.getByRole("row", { name: "Tom Berg" })).toContainText("Available");
    await expect(tom.getByRole("row", { name: "Tom Berg" })).toContainText("Admin");
    await expect(tom.getByRole("button", { name: "Invite", exact: true })).toBeVisible();
    await rail(tom).getByRole("link", { name: "Overview" }).tap();
    await expect(main(tom).getByRole("link", { name: "API keys" })).toBeVisible();
  });
});
