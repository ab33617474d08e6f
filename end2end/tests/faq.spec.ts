// FAQ Knowledge Base: what the merchant writes, the AI says.
import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";

const QUESTION = "Do you sell gift cards?";
const ANSWER = "Yes, from $20 to $500. They arrive by email within an hour and never expire.";
const NEW_ANSWER = "Yes, from $30 to $900. We send them on paper, in a small linen envelope.";

const toast = (page: Page, text: string) => page.locator(".toasts").getByText(text, { exact: true });

async function fillIn(page: Page, texts: Record<string, string>) {
  const dialog = page.getByRole("dialog");
  for (const [label, text] of Object.entries(texts)) await dialog.getByLabel(label).fill(text);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
}

test("a question that is added, edited and deleted is what the AI answers", async ({ dashboard, storefront, merchant }) => {
  const store = await merchant.createStore("Gift Shop", { chat: { enabled: true }, ai: { enabled: true } });
  const chat = await storefront(store);
  await chat.open();
  const page = await dashboard(`/stores/${store.id}/faq`);

  // Whoever opens a form can type at once.
  await page.getByRole("button", { name: "New Category" }).click();
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Gift cards");
  await page.keyboard.press("Enter");
  await expect(toast(page, "Category added.")).toBeVisible();
  const category = page.getByRole("region", { name: "Gift cards" });
  await expect(category).toContainText("Shoppers don't see empty categories.");
  await category.getByRole("button", { name: "Add question" }).click();
  await fillIn(page, { Question: QUESTION, Answer: ANSWER });
  await expect(toast(page, "FAQ item added — AI will learn from it shortly.")).toBeVisible();
  await expect(category.getByText("Ready")).toBeVisible();

  const answer = await chat.ask("can i buy a gift card here?");
  await expect(answer).toHaveText(ANSWER);
  await expect(chat.aiLabel).toHaveText("AI · from the FAQ");

  await category.getByRole("button", { name: QUESTION }).click();
  await fillIn(page, { Answer: NEW_ANSWER });
  await expect(toast(page, "FAQ item saved — AI will learn from it shortly.")).toBeVisible();
  await expect(category.getByText(NEW_ANSWER)).toBeVisible();
  await expect(category.getByText("Ready")).toBeVisible();
  await expect(await chat.ask("can i buy a gift card here?")).toHaveText(NEW_ANSWER);

  const remove = async () => {
    await category.getByLabel(`More for “${QUESTION}”`).click();
    await category.getByRole("button", { name: "Delete", exact: true }).last().click();
    await page.getByRole("button", { name: "Delete question" }).click();
    await expect(category.getByText(QUESTION)).toBeHidden();
  };
  await remove();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(toast(page, "Question restored.")).toBeVisible();
  await expect(category.getByText("Ready")).toBeVisible();
  await expect(await chat.ask("do you have gift cards?")).toHaveText(NEW_ANSWER);

  await remove();
  await page.getByLabel("A shopper's question").fill("do you have gift cards?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("Stays silent")).toBeVisible();
});

test("a new store starts with an empty state and starter categories", async ({ dashboard, merchant, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*add-item/);
  const store = await merchant.createStore("Empty Shop");
  const page = await dashboard(`/stores/${store.id}/faq`);
  await expect(page.getByText("Nothing to answer from yet")).toBeVisible();
  await page.getByRole("button", { name: "Add starter categories" }).click();
  const names = ["Shipping & Delivery", "Returns & Refunds", "Orders", "Products", "Payments", "Promotions"];
  await expect(page.locator(".faq-category h2")).toHaveText(names);
  await expect(page.getByRole("button", { name: "Add starter categories" })).toBeHidden();

  // What is missing is said in the dialog, which keeps what was typed.
  await page.getByRole("region", { name: "Payments" }).getByRole("button", { name: "Add question" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Question").fill("Can I pay by invoice?");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.locator("#answer-note")).toHaveClass(/is-error/);
  await expect(dialog.getByLabel("Question")).toHaveValue("Can I pay by invoice?");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
});

test("trying a question shows the answer and its sources", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}/faq`);
  const box = page.getByLabel("A shopper's question");
  const outcome = page.getByRole("complementary").filter({ has: box });
  await box.fill("how do i send something back??");
  await box.press("Enter");
  await expect(outcome.locator(".trial-answer")).toContainText("print the label");
  const sources = outcome.getByRole("listitem");
  await expect(sources.first()).toContainText("How do I return an item?");
  await expect(sources.first()).toContainText(/[01]\.\d\d$/);

  await box.fill("what is the capital of mongolia");
  await box.press("Enter");
  await expect(outcome.getByText("Stays silent")).toBeVisible();

  await box.fill("where is my order #1001");
  await box.press("Enter");
  await expect(outcome.locator(".trial-answer")).toContainText("Order #1001: Shipped");
  await expect(outcome.getByText("Order tracking answers this by rule")).toBeVisible();
});

test("a long list is filtered as one types", async ({ dashboard, demo }) => {
  const page = await dashboard(`/stores/${demo.id}/faq`);
  const search = page.getByRole("searchbox", { name: "Search questions and answers" });
  await search.fill("swatch");
  await expect(page.locator(".faq-question:visible")).toHaveText(["Can I order fabric samples?"]);
  await search.fill("no such word");
  await expect(page.getByText("No question matches")).toBeVisible();
});

test("what was typed into a dialog is not dropped by a slip", async ({ dashboard, merchant }) => {
  const store = await merchant.createStore("Slips", {});
  const page = await dashboard(`/stores/${store.id}/faq`);
  await page.getByRole("button", { name: "New Category" }).first().click();
  const editor = page.getByRole("dialog", { name: "New Category" });
  const question = page.getByRole("dialog", { name: "Close without saving?" });
  await expect(editor.getByLabel("Name")).toBeFocused();
  // Nothing typed, nothing to lose.
  await page.keyboard.press("Escape");
  await expect(editor).toBeHidden();

  await page.getByRole("button", { name: "New Category" }).first().click();
  await editor.getByLabel("Name").fill("Gift cards");
  for (const slip of [
    () => page.keyboard.press("Escape"),
    () => page.mouse.click(3, 3),
    () => editor.getByRole("button", { name: "Close" }).click(),
  ]) {
    await slip();
    await expect(question).toBeVisible();
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(question).toBeHidden();
    await expect(editor.getByLabel("Name")).toHaveValue("Gift cards");
  }
  // A browser closes a dialog by itself at the second Esc, unless the page takes the key.
  for (let time = 0; time < 3; time++) {
    await page.keyboard.press("Escape");
    await expect(question).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(question).toBeHidden();
  }
  await expect(editor.getByLabel("Name")).toHaveValue("Gift cards");
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(editor).toBeHidden();
});
