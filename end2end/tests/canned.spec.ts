// Canned Responses: written once, put into replies by a keyword.
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { expect, test, unique } from "../support/test";

const TEXT = "Hi {{customer.name|there}}, the refund for order #{{order.number}} is on its way. {{agent.name}}, {{store.name}}";

const toast = (page: Page, text: string) => page.locator(".toasts").getByText(text, { exact: true });
/** The reply box, which is a combobox while the list is open. */
const box = (page: Page) => page.getByLabel("Your reply");
const options = (page: Page) => page.getByRole("listbox", { name: "Canned Responses" }).getByRole("option");

async function write(page: Page, fields: Record<string, string>) {
  const dialog = page.getByRole("dialog");
  for (const [label, text] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(text);
  await dialog.getByRole("button", { name: "Save" }).click();
}

/** Asserts which part of the reply is selected. */
async function expectSelected(page: Page, text: string) {
  const selected = () =>
    box(page).evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd));
  await expect.poll(selected).toBe(text);
}

test("a response is written, put into a reply by its keyword, and filled in", async ({ dashboard, merchant, request, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*save/);
  const store = await merchant.createStore("Refund Shop", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/canned-responses`);
  await expect(page.getByText("No canned response yet")).toBeVisible();

  // Whoever opens the form can type at once, and sees what comes of it.
  await page.getByRole("button", { name: "New response" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Keyword")).toBeFocused();
  await dialog.getByLabel("Text", { exact: true }).fill("Hi ");
  await dialog.getByRole("button", { name: "customer.name" }).click();
  await expect(dialog.getByLabel("Text", { exact: true })).toHaveValue("Hi {{customer.name|there}}");
  await expect(dialog.getByRole("region", { name: "Preview" })).toContainText("Hi Jane");
  await dialog.getByLabel("Text", { exact: true }).fill(TEXT);
  await dialog.getByLabel("Nothing is known of the shopper").check();
  const preview = dialog.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("Hi there, the refund");
  await expect(preview.locator(".is-unfilled")).toHaveText("{{order.number}}");

  // What is wrong is said in the dialog, which keeps what was typed.
  await write(page, { Keyword: "re fund", Title: "Refund on its way" });
  await expect(dialog.locator("#keyword-note")).toHaveClass(/is-error/);
  await write(page, { Keyword: "refund" });
  await expect(toast(page, "Response saved.")).toBeVisible();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "New response" }).click();
  await write(page, { Keyword: "bye", Title: "Good-bye", Text: "Have a nice day!" });
  await expect(dialog).toBeHidden();
  const rows = page.locator(".canned-row");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText("Never used");

  // The shopper has given a name and no order: the one is filled in, the other is marked.
  const shopper = await Shopper.write(request, store, unique("Where is my money?"), { name: "Ida Berg" });
  const inbox = await dashboard(`/stores/${store.id}/inbox/${shopper.conversation}`);
  await box(inbox).pressSequentially("Hello! /refnd");
  await expect(options(inbox)).toHaveCount(1);
  await expect(options(inbox)).toHaveAttribute("aria-selected", "true");
  await inbox.keyboard.press("Enter");
  const filled = "Hello! Hi Ida Berg, the refund for order #{{order.number}} is on its way. Maya Lindqvist, Refund Shop";
  await expect(box(inbox)).toHaveValue(filled);
  await expect(options(inbox)).toHaveCount(0);

  // What is missing is selected, and the reply isn't sent with it.
  await expectSelected(inbox, "{{order.number}}");
  await expect(inbox.getByText("Please fill in {{order.number}} before you send this.")).toBeVisible();
  await expect(inbox.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await inbox.keyboard.press("Enter");
  await expect(box(inbox)).toHaveValue(filled);
  await inbox.keyboard.type("1001");
  await inbox.keyboard.press("Enter");
  await expect(inbox.locator(".from-agent")).toContainText("Ida Berg, the refund for order #1001 is on its way.");

  // The page that is still open has heard of it.
  await expect(rows.filter({ hasText: "/refund" })).toContainText("Used once");
});

test("the list is walked by keys, closed by Esc, and lets other slashes alone", async ({ dashboard, merchant, request }) => {
  const store = await merchant.createStore("Keys Shop", { chat: { enabled: true } });
  for (const keyword of ["alpha", "beta"]) {
    await merchant.addCannedResponse(store, { keyword, title: `Title of ${keyword}`, text: `This is ${keyword}.` });
  }
  const shopper = await Shopper.write(request, store, unique("Hello?"));
  const page = await dashboard(`/stores/${store.id}/inbox/${shopper.conversation}`);
  await box(page).pressSequentially("/");
  await expect(options(page)).toHaveCount(2);
  const chosen = page.getByRole("option", { selected: true });
  await expect(chosen).toContainText("/alpha");
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toContainText("/beta");
  await expect(box(page)).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id")) as string);
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toContainText("/alpha");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  await expect(options(page)).toHaveCount(0);
  await expect(box(page)).toBeFocused();
  await page.keyboard.type("be");
  await expect(options(page)).toHaveCount(0);

  // Another slash is another question; a click chooses, too.
  await box(page).fill("");
  await box(page).pressSequentially("See https://shop.example.com/beta and/or ");
  await expect(options(page)).toHaveCount(0);
  await page.keyboard.type("/bet");
  await options(page).filter({ hasText: "/beta" }).click();
  await expect(box(page)).toHaveValue("See https://shop.example.com/beta and/or This is beta.");
  await expect(box(page)).toBeFocused();

  // What fits nothing says so, and isn't sent by accident.
  await box(page).fill("");
  await box(page).pressSequentially("/nosuchthing");
  await expect(page.getByText("No canned response fits.")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("/nosuchthing");
});

test("everything that is wrong with a response is said at once", async ({ dashboard, merchant, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*canned\/save/);
  const store = await merchant.createStore(unique("Wrong"));
  const page = await dashboard(`/stores/${store.id}/canned-responses`);
  await page.getByRole("button", { name: "New response" }).click();
  const dialog = page.getByRole("dialog");
  await write(page, { Keyword: "no spaces", Text: "Hello {{nobody}}" });
  await expect(dialog.locator("#keyword-note")).toHaveClass(/is-error/);
  await expect(dialog.locator("#title-note")).toHaveClass(/is-error/);
  await expect(dialog.getByText("A keyword has the letters a to z")).toBeVisible();
  await expect(dialog.getByText("This can't be empty.")).toBeVisible();
});

test("the list is searched, changed and emptied", async ({ dashboard, merchant }) => {
  const store = await merchant.createStore("Search Shop");
  const add = (keyword: string, more = {}) =>
    merchant.addCannedResponse(store, { keyword, title: `Title of ${keyword}`, text: "Some text.", ...more });
  await add("late", { text: "The carrier looks for it.", category: "Shipping" });
  await add("refund", { category: "Returns" });
  await add("note", { mine: true });
  const page = await dashboard(`/stores/${store.id}/canned-responses`);
  const keywords = page.locator(".canned-row .canned-keyword");
  await expect(keywords).toHaveText(["/late", "/note", "/refund"]);
  const search = page.getByRole("searchbox", { name: "Search canned responses" });
  await search.fill("carrier");
  await expect(keywords).toHaveText(["/late"]);
  await search.fill("shipping");
  await expect(keywords).toHaveText(["/late"]);
  await search.fill("no such word");
  await page.getByRole("button", { name: "Clear search" }).click();
  await expect(search).toBeFocused();
  await expect(page.locator(".canned-row", { hasText: "/note" })).toContainText("Only you");

  await page.getByRole("button", { name: "/refund Title of refund" }).click();
  await write(page, { Category: "Money", Keyword: "money-back" });
  await expect(toast(page, "Response saved.")).toBeVisible();
  await expect(keywords).toHaveText(["/late", "/money-back", "/note"]);
  await page.getByLabel("More for /money-back").click();
  await page.locator(".canned-row", { hasText: "/money-back" }).getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete response" }).click();
  await expect(toast(page, "Response deleted.")).toBeVisible();
  await expect(keywords).toHaveText(["/late", "/note"]);
});

test("a file is taken in as a whole, or refused row by row", async ({ dashboard, merchant, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*import/);
  const store = await merchant.createStore("Files Shop");
  const page = await dashboard(`/stores/${store.id}/canned-responses`);
  const choose = async (text: string) => {
    await page.getByLabel("Import and export").click();
    const file = { name: "canned.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await page.getByLabel("Import a CSV or JSON file").setInputFiles(file);
  };
  await choose("keyword,text\nhello,Hello!\ntwo words,Hm\n");
  await expect(page.getByRole("alert").filter({ hasText: "Row 3, keyword:" })).toContainText("Nothing was changed.");
  await expect(page.locator(".canned-row")).toHaveCount(0);
  await choose("keyword,text\nhello,Hello!\nbye,Good-bye!\n");
  await expect(toast(page, "2 added, 0 changed, 0 as before.")).toBeVisible();
  await expect(page.locator(".canned-row .canned-keyword")).toHaveText(["/bye", "/hello"]);
  await page.getByLabel("Import and export").click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("canned-responses.csv");
});
