// Two conversations of one shopper become one while the chat of the newer one is open.
import type { APIRequestContext, Page } from "@playwright/test";
import { uuid7 } from "../support/api";
import { Chat } from "../support/chat";
import { expect, test, unique } from "../support/test";

/** A shopper of the demo shop with two conversations, and the chat of the newer one. */
async function meet(request: APIRequestContext, page: Page) {
  const start = async (body: string, token?: string) => {
    const conversation = uuid7();
    const data = { id: conversation, visitor: { name: "Jane" }, message: { id: uuid7(), body } };
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    const response = await request.post("/widget/v1/stores/demo/conversations", { data, headers });
    expect(response.status()).toBe(201);
    return { conversation, token: (await response.json()).token as string };
  };
  const first = unique("Hm, first of all");
  const older = await start(first);
  const second = unique("Hm, another thing");
  const newer = await start(second, older.token);
  const session = { token: older.token, conversation_id: newer.conversation, last_seq: 0, verified: false };
  await page.addInitScript((session) => {
    localStorage.setItem("shopdesk:demo:session", localStorage.getItem("shopdesk:demo:session") ?? session);
  }, JSON.stringify(session));
  await page.goto("/demo");
  const chat = new Chat(page);
  await chat.open();
  await expect(chat.own).toHaveText([second]);
  return { chat, older: older.conversation, newer: newer.conversation, first, second };
}

test("an agent merges two conversations while the shopper writes, and takes it back", async ({
  dashboard,
  demo,
  open,
  request,
}) => {
  const { chat, older, newer, first, second } = await meet(request, await open());
  const page = await dashboard(`/stores/${demo.id}/inbox/${newer}`);
  const log = page.getByRole("log");
  await expect(log.getByText(second)).toBeVisible();
  // By keyboard.
  await page.locator("summary[aria-label='More actions']").click();
  await page.getByRole("button", { name: "Merge …" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Merge with another conversation" });
  const merge = dialog.getByRole("button", { name: "Merge", exact: true });
  await expect(merge).toBeDisabled();
  await dialog.getByRole("radio").focus();
  await page.keyboard.press("Space");
  await page.screenshot({ path: "test-results/merge-dialog.png" });
  await merge.press("Enter");
  await expect(page.getByText("Merged.")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/inbox/${older}`));
  await expect(log.getByText(first)).toBeVisible();
  await expect(log.getByText(/merged another conversation of this shopper/)).toBeVisible();
  await expect(log.getByText(second)).toBeVisible();
  await expect(page.locator(`.row[href*="${newer}"]`)).toHaveCount(0);
  await page.screenshot({ path: "test-results/merged.png" });

  // The chat notices nothing.
  const third = unique("Hm, and in green");
  await chat.send(third);
  await expect(log.getByText(third)).toBeVisible();
  await chat.expectAllSent();
  const answer = unique("In green, too");
  await page.getByRole("textbox", { name: "Your reply" }).fill(answer);
  await page.keyboard.press("Control+Enter");
  await expect(chat.agent).toHaveText([answer]);
  await expect(chat.own).toHaveText([second, third]);
  // It opens by itself again.
  await chat.page.reload();
  await expect(chat.own).toHaveText([second, third]);
  await expect(chat.agent).toHaveText([answer]);

  // A link to the newer one leads to the older.
  await page.goto(`/stores/${demo.id}/inbox/${newer}`);
  await expect(page).toHaveURL(new RegExp(`/inbox/${older}`));
  await log.locator(".event").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Separate again.")).toBeVisible();
  await expect(log.getByText(second)).toHaveCount(0);
  await expect(log.getByText(third)).toBeVisible();
  await expect(log.getByText(/took the merge back/)).toBeVisible();
  await expect(log.locator(".event").getByRole("button", { name: "Undo" })).toHaveCount(0);
  await expect(page.locator(`.row[href*="${newer}"]`)).toBeVisible();
  await page.screenshot({ path: "test-results/unmerged.png" });
  const fourth = unique("Hm, thanks");
  await chat.send(fourth);
  await page.locator(`.row[href*="${newer}"]`).click();
  await expect(log.getByText(fourth)).toBeVisible();
});

test("the dialog and the line fit on a phone", async ({ dashboard, demo, open, request }) => {
  const { older, newer } = await meet(request, await open());
  const page = await dashboard(`/stores/${demo.id}/inbox/${newer}`, { viewport: { width: 360, height: 740 } });
  await page.locator("summary[aria-label='More actions']").click();
  await page.getByRole("button", { name: "Merge …" }).click();
  const dialog = page.getByRole("dialog", { name: "Merge with another conversation" });
  await dialog.getByRole("radio").check();
  await page.screenshot({ path: "test-results/merge-dialog-phone.png" });
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/inbox/${older}`));
  await page.getByText("Merged.").waitFor();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByText("Separate again.")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test("once it is for good the chat goes on in the older one", async ({ demo, open, request, dashboard }) => {
  const { chat, older, newer, first, second } = await meet(request, await open());
  const page = await dashboard(`/stores/${demo.id}/inbox/${older}`);
  const action = { store: demo.id, conversation: older, "action[merge]": newer };
  expect((await page.request.post("/api/app/inbox/act", { form: action })).ok()).toBe(true);
  // As the server says after ten minutes.
  await chat.page.route(`**/widget/v1/conversations/${newer}?*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), merged_into: older } });
  });
  // It opens by itself again.
  await chat.page.reload();
  await expect(chat.own).toHaveText([first, second]);
  const third = unique("Hm, both");
  await chat.send(third);
  await expect(page.getByRole("log").getByText(third)).toBeVisible();
  await expect(chat.own).toHaveText([first, second, third]);
  await chat.expectAllSent();
  const answer = unique("Both of them");
  await page.getByRole("textbox", { name: "Your reply" }).fill(answer);
  await page.keyboard.press("Control+Enter");
  await expect(chat.agent).toHaveText([answer]);
  const kept = await chat.page.evaluate(() => JSON.parse(localStorage.getItem("shopdesk:demo:session") ?? "{}"));
  expect(kept.conversation_id).toBe(older);
});
