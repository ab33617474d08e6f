// How somebody gets into a team.
import type { Page } from "@playwright/test";
import { expect, unique } from "./test";

/** Invites an agent on the Team page; the link. */
export async function invite(page: Page) {
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Invite to the team" });
  await expect(dialog.getByRole("radio", { name: /^Agent/ })).toBeChecked();
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.getByLabel("Invitation link").inputValue();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(dialog).toBeHidden();
  return link;
}

/** Makes an account by an invitation's link. */
export async function join(page: Page, link: string, name: string) {
  await page.goto(link);
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Email").fill(`${unique("joined").replace(/\W/g, "")}@example.com`);
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page).toHaveURL(/\/stores\//);
}
