// Every page at every size, light and dark, to be looked at. They go to the folder that SCREENS
// names, or to one in the temporary folder.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Shopper, uuid7 } from "../support/api";
import { Chat } from "../support/chat";
import { expect, test } from "../support/test";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const LONG = "Supercalifragilisticexpialidocious-".repeat(4);

let folder = "";
test.beforeAll(() => {
  folder = process.env.SCREENS ?? mkdtempSync(join(tmpdir(), "shopdesk-screens-"));
  console.log(folder);
});

for (const viewport of SIZES) {
  for (const colorScheme of ["light", "dark"] as const) {
    const options = { viewport, colorScheme, reducedMotion: "reduce" as const };
    const file = (name: string) => join(folder, `${name}-${viewport.width}-${colorScheme}.png`);

    test(`shop ${viewport.width} ${colorScheme}`, async ({ visit, storefront, merchant }) => {
      const chat = await visit(options);
      await expect(chat.bubble).toBeVisible();
      await chat.page.screenshot({ path: file("shop") });
      await chat.open();
      await chat.page.screenshot({ path: file("chat-empty") });
      await chat.ask("Where is my order #1003?");
      await chat.page.screenshot({ path: file("chat-order") });
      await chat.send(`مرحبا، هل لديكم توصيل؟ ${LONG}`);
      await chat.send("Yes 👍");
      await chat.window.getByRole("button", { name: "Talk to a person" }).click();
      await expect(chat.window.getByText("We've told the team.")).toBeVisible();
      await chat.page.screenshot({ path: file("chat-long") });
      await chat.page.goto("/demo/checkout");
      await expect(new Chat(chat.page).bubble.or(chat.window)).toBeVisible();
      await chat.page.screenshot({ path: file("checkout"), fullPage: true });

      const store = await merchant.createStore("The Very Long Name of a Shop for Curtains and More", {
        chat: { enabled: true, pre_chat_form: true },
        look: { colour: "#FDE68A" },
      });
      const asked = await storefront(store, options);
      await asked.open();
      await asked.window.getByRole("button", { name: "Start chat" }).click();
      await asked.page.screenshot({ path: file("chat-form") });
    });

    test(`dashboard ${viewport.width} ${colorScheme}`, async ({ dashboard, open, merchant, demo, request, watch }) => {
      watch.allow(/Failed to load resource.*nowhere/);
      test.setTimeout(120_000);
      const signIn = await open(options);
      await signIn.goto("/sign-in", { waitUntil: "networkidle" });
      await signIn.screenshot({ path: file("sign-in") });

      // What happens is told to nobody: the log has failures.
      const headers = { authorization: "Bearer demo-api-key" };
      const hook = { id: uuid7(), address: "https://hooks.invalid/shopdesk", events: ["message.created", "conversation.needs_human"] };
      expect((await request.post("/api/v1/webhooks", { headers, data: hook })).ok()).toBe(true);
      const shopper = await Shopper.write(request, demo, "Where is my order #1001?", { name: LONG.slice(0, 120) });
      await shopper.add(`${LONG} How do I return an item?`);
      const page = await dashboard(`/stores/${demo.id}`, options);
      const rooms: [string, string, boolean][] = [
        ["overview", "", true],
        ["inbox", "/inbox", false],
        ["inbox-resolved", "/inbox?tab=resolved", false],
        ["thread", `/inbox/${shopper.conversation}`, false],
        ["settings", "/widget", true],
        ["faq", "/faq", true],
        ["canned", "/canned-responses", true],
        ["orders", "/orders", true],
        ["order", "/orders/1004", true],
        ["team", "/team", true],
        ["api-keys", "/api-keys", true],
        ["webhooks", "/webhooks", true],
      ];
      for (const [name, path, fullPage] of rooms) {
        await page.goto(`/stores/${demo.id}${path}`, { waitUntil: "networkidle" });
        await page.screenshot({ path: file(name), fullPage });
      }
      await page.getByRole("button", { name: "Log" }).last().click();
      await expect(page.getByRole("dialog").getByRole("listitem").first()).toBeVisible();
      await page.screenshot({ path: file("webhooks-log") });
      await page.keyboard.press("Escape");
      await page.goto(`/stores/${demo.id}/api-keys`, { waitUntil: "networkidle" });
      await page.getByRole("button", { name: "New key" }).click();
      await page.screenshot({ path: file("api-keys-new") });
      await page.keyboard.press("Escape");
      const empty = await merchant.createStore("Empty Shop");
      for (const [name, path] of [["overview", ""], ["inbox", "/inbox"], ["faq", "/faq"], ["canned", "/canned-responses"], ["orders", "/orders"]]) {
        await page.goto(`/stores/${empty.id}${path}`, { waitUntil: "networkidle" });
        await page.screenshot({ path: file(`${name}-empty`) });
      }
      for (const path of ["stores", "account", "nowhere"]) {
        await page.goto(`/${path}`, { waitUntil: "networkidle" });
        await page.screenshot({ path: file(path) });
      }
    });
  }
}
