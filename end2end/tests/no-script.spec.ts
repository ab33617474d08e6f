// The dashboard before its script has loaded, or without any.
import { Shopper } from "../support/api";
import { expect, test, unique } from "../support/test";

test("the dashboard can be read, and signed in to, without script", async ({ open, demo, request }) => {
  const question = unique("Can I read this?");
  const shopper = await Shopper.write(request, demo, question, { name: "Vera Plain", email: "vera@example.com" });
  const page = await open({ javaScriptEnabled: false });

  await page.goto(`/stores/${demo.id}/inbox`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("Email").fill("owner@demo.shop");
  await page.getByLabel("Password").fill("demo-password");
  await page.getByRole("button", { name: "Sign in" }).click();

  // Back to where the link led.
  await expect(page).toHaveURL(new RegExp(`/stores/${demo.id}/inbox$`));
  await page.locator(".row", { hasText: question }).click();
  await expect(page.getByRole("log", { name: "Messages" }).getByText(question)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Vera Plain" })).toBeVisible();
  await expect(page.getByText("vera@example.com")).toBeVisible();

  await page.getByRole("textbox", { name: "Your reply" }).fill("Yes, you can.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.goto(`/stores/${demo.id}/inbox/${shopper.conversation}`);
  await expect(page.getByRole("log", { name: "Messages" }).getByText("Yes, you can.")).toHaveCount(1);

  await page.goto(`/stores/${demo.id}`);
  await expect(page.getByRole("heading", { name: "Quick Actions" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "FAQ Knowledge Base" }).click();
  await expect(page.getByText("How do I return an item?")).toBeVisible();
  await page.getByRole("link", { name: "Widget Settings" }).click();
  await expect(page.getByLabel("Greeting message")).toHaveValue(/How can I help you today/);
  await expect(page.getByLabel("Embed code")).toHaveValue(/data-store="demo"/);
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await expect(page.getByText("#1001")).toBeVisible();
});

test("what needs signing in is nobody else's", async ({ open, demo, watch }) => {
  watch.allow(/Failed to load resource/);
  const page = await open({ javaScriptEnabled: false });
  for (const room of ["", "/inbox", "/widget", "/faq", "/orders", "/team", "/api-keys", "/webhooks"]) {
    await page.goto(`/stores/${demo.id}${room}`);
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(page.getByText("Demo Shop")).toHaveCount(0);
  }
});
