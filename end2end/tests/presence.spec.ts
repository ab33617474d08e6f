// Who of the team is there, and whose a conversation becomes where a rule decides it.
import type { Page } from "@playwright/test";
import { Shopper } from "../support/api";
import { invite, join } from "../support/team";
import { expect, gotoLive, test, unique } from "../support/test";

const rail = (page: Page) => page.getByRole("navigation", { name: "Main" });
const person = (page: Page, name: string) => page.getByRole("row", { name });

test("who goes away is seen by the others, and a chat that needs a person lands with who is there", async ({
  dashboard,
  merchant,
  open,
  storefront,
  request,
}) => {
  test.slow();
  const store = await merchant.createStore(unique("Turns"), { chat: { enabled: true } });
  const owner = await dashboard(`/stores/${store.id}/team`);
  const link = await invite(owner);
  const tom = await open();
  await join(tom, link, "Tom Berg");
  await gotoLive(tom, `/stores/${store.id}/inbox`);
  await expect(person(owner, "Tom Berg")).toContainText("Available");

  // The rule, with its limit; an agent isn't offered it.
  const card = owner.locator(".card", { has: owner.getByRole("heading", { name: "Assignment" }) });
  await expect(card.getByLabel("Open conversations per person, at most")).toBeHidden();
  await card.getByRole("radio", { name: /^Round robin/ }).check();
  await card.getByLabel("Open conversations per person, at most").fill("501");
  await card.getByRole("button", { name: "Save assignment" }).click();
  await expect(card.getByText("Please give a number from 1 to 500")).toBeVisible();
  await card.getByLabel("Open conversations per person, at most").fill("5");
  await card.getByRole("button", { name: "Save assignment" }).click();
  await expect(owner.getByRole("status").getByText("Assignment saved.")).toBeVisible();
  await tom.goto(`/stores/${store.id}/team`);
  await expect(person(tom, "Tom Berg")).toContainText("You");
  await expect(tom.getByRole("heading", { name: "Assignment" })).toBeHidden();

  // He goes away, in the rail; it survives a reload, and the owner sees it at once.
  await gotoLive(tom, `/stores/${store.id}/inbox`);
  await rail(tom).getByRole("button", { name: /^Available/ }).click();
  await expect(rail(tom).getByRole("button", { name: /^Away/ })).toBeVisible();
  await expect(person(owner, "Tom Berg")).toContainText("Away");
  await gotoLive(tom, tom.url());
  await expect(rail(tom).getByRole("button", { name: /^Away/ })).toBeVisible();

  // The owner is the only one who is there.
  await gotoLive(owner, `/stores/${store.id}/inbox`);
  const first = await Shopper.write(request, store, "Do you have this in blue?", { name: "Jane Roe" });
  await owner.getByRole("link", { name: /Jane Roe/ }).click();
  await expect(owner).toHaveURL(new RegExp(first.conversation));
  const assign = owner.locator('[data-menu="a"]');
  await expect(assign.locator("summary")).toContainText("You");
  await assign.locator("summary").click();
  await expect(assign.getByRole("button", { name: "Tom Berg · away" })).toBeVisible();
  await expect(assign.getByRole("button", { name: "You", exact: true })).toBeVisible();

  // He comes back, by the palette.
  await tom.keyboard.press("Control+k");
  await tom.getByRole("combobox", { name: "Where to, or what to do?" }).fill("become");
  await tom.keyboard.press("Enter");
  await expect(rail(tom).getByRole("button", { name: /^Available/ })).toBeVisible();
  await expect(assign.getByRole("button", { name: "Tom Berg", exact: true })).toBeVisible();

  // It is his turn: a shopper who asks for a person is his, without anybody doing anything.
  const chat = await storefront(store);
  await chat.open();
  await chat.send("Hello");
  await chat.window.getByRole("button", { name: "Talk to a person" }).click();
  await gotoLive(tom, `/stores/${store.id}/inbox?who=me`);
  await tom.locator(".rows a").first().click();
  await expect(tom.getByText("Round robin assigned this conversation to Tom Berg")).toBeVisible();
  await expect(tom.locator('[data-menu="a"] summary')).toContainText("You");
});

test("on a phone the account page has the switch, and its link says who is away", async ({ dashboard, merchant, open }) => {
  const store = await merchant.createStore(unique("Phone"), { chat: { enabled: true } });
  const owner = await dashboard(`/stores/${store.id}/team`);
  const link = await invite(owner);
  const kim = await open({ viewport: { width: 390, height: 844 } });
  await join(kim, link, "Kim Lee");
  await kim.goto("/account");
  await kim.waitForLoadState("networkidle");
  const available = kim.getByRole("switch", { name: /^Available/ });
  await expect(available).toBeChecked();
  await available.uncheck();
  await expect(kim.getByRole("status").getByText("You are away.")).toBeVisible();
  await expect(rail(kim).getByRole("link", { name: /Kim Lee|account/i })).toContainText("Away");
  await gotoLive(kim, `/stores/${store.id}`);
  await expect(rail(kim).locator(".rail-foot")).toContainText("Away");
  await expect(person(owner, "Kim Lee")).toContainText("Away");
});
