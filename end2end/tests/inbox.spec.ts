// The list of the inbox: filters, order, several conversations at once, and rows that stay.
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { invite, join } from "../support/team";
import { expect, gotoLive, test, unique } from "../support/test";

const row = (page: Page, shopper: Shopper) => page.locator(`.row[href*="${shopper.conversation}"]`);
const pick = (page: Page, name: string) => page.getByRole("checkbox", { name: `Select ${name}` });
const picks = (page: Page) => page.getByRole("toolbar", { name: "Selected conversations" });
const names = (page: Page) => page.locator(".row-name");

test("several conversations are selected, resolved, brought back, tagged and assigned at once", async ({
  dashboard,
  merchant,
  request,
}) => {
  const store = await merchant.createStore(unique("Many"), { chat: { enabled: true } });
  for (const name of ["Ann", "Bea", "Cia", "Dan"]) await Shopper.write(request, store, "Hello", { name });
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await expect(names(page)).toHaveText(["Dan", "Cia", "Bea", "Ann"]);

  await page.locator(".row-item").first().hover();
  await pick(page, "Dan").click();
  await pick(page, "Bea").click({ modifiers: ["Shift"] });
  await expect(picks(page).getByRole("status")).toHaveText("3 selected");
  await picks(page).getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByText("3 conversations resolved.")).toBeVisible();
  await expect(names(page)).toHaveText(["Ann"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(names(page)).toHaveCount(4);

  await page.getByRole("button", { name: "Select conversations" }).click();
  await expect(picks(page)).toBeHidden();
  await page.getByRole("button", { name: "Select conversations" }).click();
  await page.getByRole("checkbox", { name: "Select all that are shown" }).check();
  await expect(picks(page).getByRole("status")).toHaveText("4 selected");
  await page.keyboard.press("a");
  await page.getByRole("button", { name: "You", exact: true }).click();
  await expect(page.getByText("4 conversations assigned.")).toBeVisible();
  await expect(page.locator(".row").getByText("You", { exact: true })).toHaveCount(4);
  await page.keyboard.press("t");
  await page.getByRole("textbox", { name: "Find or make a tag" }).fill("Sale");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Tag added to 4 conversations.")).toBeVisible();
  await expect(page.locator(".row").getByText("Sale")).toHaveCount(4);
  // The first Esc is the menu's.
  await page.keyboard.press("Escape");
  await expect(picks(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(picks(page)).toBeHidden();
});

test("conversations are selected and resolved by keys alone", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Keys"), { chat: { enabled: true } });
  const [ann, bea, cia] = [
    await Shopper.write(request, store, "Hello", { name: "Ann" }),
    await Shopper.write(request, store, "Hello", { name: "Bea" }),
    await Shopper.write(request, store, "Hello", { name: "Cia" }),
  ];
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await expect(names(page)).toHaveCount(3);
  await page.keyboard.press("j");
  await expect(row(page, cia)).toBeFocused();
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await expect(row(page, bea)).toBeFocused();
  await page.keyboard.press("x");
  await expect(picks(page).getByRole("status")).toHaveText("2 selected");
  await page.keyboard.press("e");
  await expect(names(page)).toHaveText(["Ann"]);
  // What was open has left the list: the next one is what stands in its place.
  await page.keyboard.press("j");
  await expect(row(page, ann)).toBeFocused();
  await expect(row(page, ann)).toHaveAttribute("aria-current", "true");
});

test("who walks through the list has not read what flew past", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Walk"), { chat: { enabled: true } });
  const ann = await Shopper.write(request, store, "Hello", { name: "Ann" });
  const bea = await Shopper.write(request, store, "Hello", { name: "Bea" });
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await expect(names(page)).toHaveCount(2);
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: "Bea" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: "Ann" })).toBeVisible();
  await expect(row(page, ann)).not.toHaveClass(/is-unread/);
  await expect(row(page, bea)).toHaveClass(/is-unread/);
});

test("what a colleague has read stays unread for oneself, and opens where one goes on", async ({
  dashboard,
  merchant,
  open,
  request,
}) => {
  test.slow();
  const store = await merchant.createStore("Two Readers", { chat: { enabled: true } });
  const owner = await dashboard(`/stores/${store.id}/team`);
  const link = await invite(owner);
  const tom = await open();
  await join(tom, link, "Tom Berg");
  const shopper = await Shopper.write(request, store, "Is the lamp still there?", { name: "Jane" });
  // More than a screen of it.
  const long = Array.from({ length: 12 }, (_, line) => `It is line ${line} of it.`).join("\n");
  for (let at = 1; at <= 8; at++) await shopper.add(`One more thing, ${at}:\n${long}`);
  const jane = (page: Page) => row(page, shopper);

  await gotoLive(owner, `/stores/${store.id}/inbox`);
  await expect(jane(owner)).toContainText("9 unread messages");
  await gotoLive(tom, `/stores/${store.id}/inbox`);
  await jane(owner).click();
  await expect(owner.getByText("New messages", { exact: true })).toBeVisible();
  await expect(jane(owner)).not.toHaveClass(/is-unread/);
  // Nobody has to read it any more, but Tom hasn't.
  await expect(tom).toHaveTitle(/^Chat Inbox/);
  await expect(jane(tom)).toContainText("9 unread messages");
  await tom.reload();
  await expect(jane(tom)).toContainText("9 unread messages");
  await gotoLive(tom, `/stores/${store.id}/inbox?unread`);
  await expect(jane(tom)).toBeVisible();
  await gotoLive(owner, `/stores/${store.id}/inbox?unread`);
  await expect(owner.getByText("Nothing here")).toBeVisible();

  // His other page follows, and what comes counts on.
  const other = await tom.context().newPage();
  await gotoLive(other, `/stores/${store.id}/inbox`);
  await shopper.add("Hello?");
  await expect(jane(other)).toContainText("10 unread messages");
  await jane(tom).click();
  const divider = tom.getByText("New messages", { exact: true });
  await expect(divider).toBeInViewport();
  await expect(tom.getByText("Is the lamp still there?").last()).toBeInViewport();
  // It stays in sight until the list is opened again.
  await expect(jane(tom)).not.toHaveClass(/is-unread/);
  await expect(jane(other)).not.toHaveClass(/is-unread/);
  await tom.goto(`/stores/${store.id}/inbox/${shopper.conversation}`);
  await expect(tom.getByRole("log", { name: "Messages" }).getByText("Hello?")).toBeInViewport();
  await expect(divider).toBeHidden();
});

test("filters and the order combine and stand in the address", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Filters"), { chat: { enabled: true } });
  const ann = await Shopper.write(request, store, "First", { name: "Ann" });
  const bea = await Shopper.write(request, store, "Second", { name: "Bea" });
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await ann.add("Still there?");
  await expect(names(page)).toHaveText(["Ann", "Bea"]);
  const filters = page.getByRole("navigation", { name: "Filter" });
  await filters.locator("summary[aria-label='Order, and spam']").click();
  await filters.getByRole("link", { name: "Longest waiting" }).click();
  await expect(page).toHaveURL(/\?sort=waiting$/);
  await bea.add("And me?");
  await expect(row(page, bea)).toContainText("And me?");
  await expect(names(page)).toHaveText(["Ann", "Bea"]);
  await expect(row(page, ann).getByText(/^Waits /)).toBeVisible();

  await filters.getByRole("link", { name: "Unread" }).click();
  await expect(page).toHaveURL(/\?unread=1&sort=waiting$/);
  await gotoLive(page, page.url());
  await expect(names(page)).toHaveText(["Ann", "Bea"]);
  await filters.getByRole("link", { name: "Needs human" }).click();
  await expect(page.getByText("No conversation of this list fits the filter.")).toBeVisible();

  await gotoLive(page, `/stores/${store.id}/inbox`);
  await filters.getByRole("link", { name: "With orders" }).click();
  await expect(page).toHaveURL(/\?orders=1$/);
  await expect(page.getByText("No conversation of this list fits the filter.")).toBeVisible();
  // Its answer shows them while the list is open.
  await merchant.addOrder(store, { number: "7301", email: "ida@example.com" });
  await bea.add("Where is my order #7301?");
  await expect(names(page)).toHaveText(["Bea"]);

  await gotoLive(page, `/stores/${store.id}/inbox`);
  await filters.getByRole("link", { name: "Negative" }).click();
  await expect(page).toHaveURL(/\?negative=1$/);
  await expect(page.getByText("No conversation of this list fits the filter.")).toBeVisible();
  await ann.add("I am very disappointed with the quality.");
  await expect(names(page)).toHaveText(["Ann"]);
  await expect(row(page, ann).getByText("Negative")).toBeVisible();
});

test("what is new moves no row that somebody looks at", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Still"), { chat: { enabled: true } });
  const shoppers: Shopper[] = [];
  for (let at = 0; at < 14; at++) shoppers.push(await Shopper.write(request, store, "Hello", { name: `Shopper ${at}` }));
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await expect(names(page)).toHaveCount(14);
  await page.locator(".inbox-rows").evaluate((list) => list.scrollTo(0, 300));
  const before = await row(page, shoppers[5]).boundingBox();
  await Shopper.write(request, store, "Me too", { name: "Late" });
  const pill = page.getByRole("button", { name: "1 new" });
  await expect(pill).toBeVisible();
  // An old one that writes again says so where it stands.
  await shoppers[5].add("Are you there?");
  await expect(row(page, shoppers[5])).toContainText("Are you there?");
  expect(await row(page, shoppers[5]).boundingBox()).toEqual(before);
  await page.getByRole("button", { name: "2 new" }).click();
  await expect(names(page).first()).toHaveText("Shopper 5");
  await expect(names(page).nth(1)).toHaveText("Late");
  await expect(page.locator(".inbox-rows")).toHaveJSProperty("scrollTop", 0);
});

test("the rows after the first fifty come by themselves", async ({ dashboard, merchant, request }) => {
  test.slow();
  const store = await merchant.createStore(unique("Long"), { chat: { enabled: true } });
  for (let at = 0; at < 56; at++) await Shopper.write(request, store, "Hello", { name: `Shopper ${at}` });
  const page = await dashboard(`/stores/${store.id}/inbox`);
  await expect(names(page)).toHaveCount(50);
  await page.locator(".inbox-rows").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await expect(names(page)).toHaveCount(56);
});

test("a draft goes on in another browser, and a note is kept apart from the reply", async ({
  dashboard,
  merchant,
  request,
}) => {
  const store = await merchant.createStore(unique("Drafts"), { chat: { enabled: true } });
  const ann = await Shopper.write(request, store, "Do you ship to Norway?", { name: "Ann" });
  const path = `/stores/${store.id}/inbox/${ann.conversation}`;
  const first = await dashboard(path);
  const saved = () => first.waitForResponse(/inbox\/keep-draft/);
  let saving = saved();
  await first.getByRole("textbox", { name: "Your reply" }).fill("We do, within");
  await saving;
  await first.locator(".thread-scroll").click();
  await first.keyboard.press("n");
  const note = first.getByRole("textbox", { name: "Your note" });
  await expect(note).toBeFocused();
  await expect(note).toHaveValue("");
  saving = saved();
  await note.fill("Ask Tom about customs");
  await saving;
  await expect(first.getByText("Only your team reads it.")).toBeVisible();

  const second = await dashboard(path);
  const reply = second.getByRole("textbox", { name: "Your reply" });
  await expect(reply).toHaveValue("We do, within");
  await second.getByRole("button", { name: "Note" }).click();
  await expect(second.getByRole("textbox", { name: "Your note" })).toHaveValue("Ask Tom about customs");
  await second.keyboard.press("Enter");
  await expect(second.locator(".from-note").getByText("Ask Tom about customs")).toBeVisible();
  await second.getByRole("button", { name: "Reply", exact: true }).click();
  await expect(reply).toHaveValue("We do, within");
  await reply.press("Enter");
  await expect(second.locator(".from-agent").getByText("We do, within")).toBeVisible();
  // What was sent is a draft no more, there as here.
  await expect(first.locator(".from-agent").getByText("We do, within")).toBeVisible();
  await gotoLive(second, path);
  await expect(reply).toHaveValue("");
});

test("a note that mentions somebody reaches them wherever they are", async ({ dashboard, merchant, open, request }) => {
  test.slow();
  const store = await merchant.createStore(unique("Mention"), { chat: { enabled: true } });
  const ann = await Shopper.write(request, store, "Is this in stock?", { name: "Ann" });
  const owner = await dashboard(`/stores/${store.id}/team`);
  const link = await invite(owner);
  const tom = await open();
  await join(tom, link, "Tom Berg");
  await gotoLive(tom, `/stores/${store.id}/faq`);

  await gotoLive(owner, `/stores/${store.id}/inbox/${ann.conversation}`);
  const reply = owner.getByRole("textbox", { name: "Your reply" });
  await reply.pressSequentially("@to");
  await expect(owner.getByRole("option", { name: "Tom Berg" })).toBeHidden();
  await reply.fill("");
  await owner.getByRole("button", { name: "Note", exact: true }).click();
  const note = owner.getByRole("combobox", { name: "Your note" }).or(owner.getByRole("textbox", { name: "Your note" }));
  await note.pressSequentially("Please look, @to");
  await expect(owner.getByRole("option", { name: "Tom Berg" })).toBeVisible();
  await owner.keyboard.press("Escape");
  await expect(owner.getByRole("option", { name: "Tom Berg" })).toBeHidden();
  await note.pressSequentially(" and @b");
  await owner.keyboard.press("Enter");
  await expect(note).toHaveValue("Please look, @to and @Tom Berg ");
  await owner.keyboard.press("Enter");
  await expect(owner.locator(".from-note .mention")).toHaveText("@Tom Berg");

  const news = tom.getByRole("status").filter({ hasText: "mentioned you: Please look, @to and @Tom Berg" });
  await expect(news).toBeVisible();
  await tom.goto(`/stores/${store.id}/inbox`);
  await tom.getByRole("link", { name: /^Mentions/ }).click();
  await expect(names(tom)).toHaveText(["Ann"]);
  // Another one comes into the open list.
  const bea = await Shopper.write(request, store, "And this?", { name: "Bea" });
  await gotoLive(owner, `/stores/${store.id}/inbox/${bea.conversation}`);
  await owner.keyboard.press("n");
  await note.fill("@Tom Berg, and this?");
  await owner.keyboard.press("Enter");
  await expect(names(tom)).toHaveText(["Bea", "Ann"]);
  const unseen = tom.getByRole("link", { name: /^Mentions/ }).locator(".count");
  await expect(unseen).toContainText("2 mentions");
  await row(tom, bea).click();
  await expect(tom.locator(".from-note .mention.is-me")).toHaveText("@Tom Berg");
  // Who only flies past has seen nothing.
  await expect(unseen).toContainText("1 mention");
  await row(tom, ann).click();
  await expect(tom.locator(".from-note .mention.is-me")).toHaveText("@Tom Berg");
  await expect(tom.locator(".from-note")).toContainText("Please look");
  // What they have read is none any more, and stays in the list while they are at it.
  await expect(unseen).toBeHidden();
  await expect(row(tom, ann)).toBeVisible();
  await gotoLive(tom, tom.url());
  await expect(tom.locator(".from-note .mention.is-me")).toHaveText("@Tom Berg");
  await tom.getByRole("link", { name: /^Mentions/ }).click();
  await expect(tom.getByRole("link", { name: /^Mentions/ })).toBeHidden();
});

test("a view is kept by a name, opened again and removed", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Views"), { chat: { enabled: true } });
  await Shopper.write(request, store, "Hello", { name: "Ann" });
  const page = await dashboard(`/stores/${store.id}/inbox?who=none&sort=waiting`);
  await expect(names(page)).toHaveText(["Ann"]);
  await page.getByLabel("Kept views").click();
  await page.getByRole("textbox", { name: "Keep this view as" }).fill("Nobody's, oldest");
  await page.keyboard.press("Enter");
  await expect(page.getByText("“Nobody's, oldest” is kept.")).toBeVisible();
  await expect(page.getByLabel("Kept views")).toHaveText("Nobody's, oldest");
  await gotoLive(page, `/stores/${store.id}/inbox`);
  await expect(page.getByLabel("Kept views")).toHaveText("");
  await page.getByLabel("Kept views").click();
  await page.getByRole("link", { name: "Nobody's, oldest" }).click();
  await expect(page).toHaveURL(/\?who=none&sort=waiting$/);
  await page.getByLabel("Kept views").click();
  await page.getByRole("button", { name: "Remove Nobody's, oldest" }).click();
  await expect(page.getByText("“Nobody's, oldest” is removed.")).toBeVisible();
  await expect(page.getByLabel("Kept views")).toHaveText("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("Kept views")).toHaveText("Nobody's, oldest");
});

test("an emoji is found by its name and put where the cursor is", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore(unique("Emoji"), { chat: { enabled: true } });
  const ann = await Shopper.write(request, store, "Where is it?", { name: "Ann" });
  const page = await dashboard(`/stores/${store.id}/inbox/${ann.conversation}`);
  const reply = page.getByRole("textbox", { name: "Your reply" });
  await reply.fill("On its way!");
  await reply.press("ArrowLeft");
  await page.getByLabel("Emoji", { exact: true }).first().click();
  const search = page.getByRole("searchbox", { name: "Find an emoji" });
  await search.fill("nothing like that");
  await expect(page.getByText("No emoji of that name.")).toBeVisible();
  await search.fill("deliv");
  await search.press("Enter");
  await expect(reply).toHaveValue("On its way🚚!");
  await expect(reply).toBeFocused();
  await expect(search).toBeHidden();

  // By arrows and by the pointer, too.
  await page.getByLabel("Emoji", { exact: true }).first().click();
  await search.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(reply).toHaveValue("On its way🚚😄!");
  await page.getByLabel("Emoji", { exact: true }).first().click();
  await page.getByRole("button", { name: "party celebrate" }).click();
  await expect(reply).toHaveValue("On its way🚚😄🎉!");
  await reply.press("Enter");
  await expect(page.getByRole("log").getByText("On its way🚚😄🎉!")).toBeVisible();
});
