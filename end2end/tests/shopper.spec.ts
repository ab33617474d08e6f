// A shopper on the demo shop: asks, gets answers, comes back.
import { Chat, frameReceived } from "../support/chat";
import { expect, test, unique } from "../support/test";

test("nothing is stored, fetched or said before the shopper acts", async ({ open, watch }) => {
  const page = await open();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  await page.goto("/demo", { waitUntil: "networkidle" });
  const chat = new Chat(page);
  await expect(chat.bubble).toBeVisible();

  expect(requests.filter((path) => path.startsWith("/widget"))).toEqual([
    "/widget.js",
    "/widget/v1/stores/demo/config",
  ]);
  const stored = () => page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
  expect(await stored()).toEqual([0, 0, ""]);

  const wasm = page.waitForRequest(/shopdesk-widget\.wasm/);
  await chat.open();
  await wasm;
  await expect(chat.log).toHaveText(/^👋 Hi! How can I help you today\?$/);
  await expect(chat.box).toBeFocused();
  expect(watch.problems).toEqual([]);
});

test("an order is found by its number", async ({ visit }) => {
  const chat = await visit();
  await chat.open();
  await chat.page.evaluate(() => Object.assign(window, { isStillThisPage: true }));
  const answer = await chat.ask("Where is my order #1001?");

  await expect(chat.aiLabel).toHaveText("AI · order status");
  for (const part of ["#1001", "Shipped", "Paid", "Linen duvet cover, king, sand", "2 × Pillowcase pair", "$227.00"]) {
    await expect(answer).toContainText(part);
  }
  const link = answer.getByRole("link");
  await expect(link).toHaveAttribute("href", "https://track.example.com/northway/NW482019375");
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(link).toHaveAttribute("rel", /\bnoopener\b/);
  expect(await chat.page.evaluate(() => "isStillThisPage" in window)).toBe(true);
});

test("without a number the AI asks, and takes an email for an answer", async ({ visit }) => {
  const chat = await visit();
  await chat.open();
  await expect(await chat.ask("Where is my order?")).toContainText("order number");
  const answer = await chat.ask("jane@example.com");
  await expect(answer).toContainText("#1001");
  await expect(answer).toContainText("#1013");
  // Of several orders the shopper opens one.
  await expect(answer.getByRole("link")).toHaveCount(0);
  await answer.locator("summary", { hasText: "#1001" }).click();
  await expect(answer.getByRole("link").first()).toHaveAttribute("href", /NW482019375$/);
});

test("the FAQ answers, and what it doesn't know waits for a person", async ({ visit, dashboard, demo }) => {
  const chat = await visit();
  const { page } = chat;
  await chat.open();
  const answer = await chat.ask("how do i send something back??");
  await expect(answer).toContainText("print the label");
  await expect(chat.aiLabel).toHaveText("AI · from the FAQ");

  // The socket of the next page tells when the AI has made up its mind.
  const silence = frameReceived(page, "/widget/v1/ws", (frame) => /"ai":.*"done"/.test(frame));
  const ready = frameReceived(page, "/widget/v1/ws", (frame) => frame.startsWith('{"ready"'));
  await page.reload();
  await ready;
  const question = unique("Would a giraffe enjoy your podcast about tax law?");
  await chat.send(question);
  await silence;
  await chat.expectAllSent();
  await expect(chat.ai).toHaveCount(1);

  const inbox = await dashboard(`/stores/${demo.id}/inbox`);
  await expect(inbox.locator(".row", { hasText: question })).toBeVisible();
});

test("the conversation is still there after a reload and in a new tab", async ({ visit }) => {
  const chat = await visit();
  const { page } = chat;
  await chat.open();
  await chat.ask("Where is my order #1005?");
  await page.reload();
  // An open window opens again by itself.
  await expect(chat.own).toHaveText(["Where is my order #1005?"]);
  await expect(chat.ai).toHaveCount(1);

  const second = new Chat(await page.context().newPage());
  await second.page.goto("/demo/checkout");
  await second.open();
  await expect(second.own).toHaveText(["Where is my order #1005?"]);
  await expect(second.ai).toHaveCount(1);

  // What is written in one tab appears in the other, once.
  await second.ask("Where is my order #1002?");
  await expect(chat.own).toHaveText(["Where is my order #1005?", "Where is my order #1002?"]);
  await expect(chat.ai).toHaveCount(2);
  await expect(chat.ai.last()).toContainText("#1002");
});

test("a connection that is being made is left alone when the page shows itself", async ({ open }) => {
  const page = await open();
  await page.addInitScript(() => {
    const Native = window.WebSocket;
    const opened: number[] = [];
    Object.assign(window, { opened });
    window.WebSocket = class extends Native {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        opened.push(this.readyState);
        // Before the server can have answered.
        queueMicrotask(() => window.dispatchEvent(new Event("pageshow")));
      }
    };
  });
  await page.goto("/demo");
  const chat = new Chat(page);
  const live = frameReceived(page, "/widget/v1/ws", (frame) => frame.includes("ready"));
  await chat.open();
  await chat.ask("Where is my order #1005?");
  await live;
  expect(await page.evaluate(() => (window as unknown as { opened: number[] }).opened)).toHaveLength(1);
});

test("whatever is written is shown as text", async ({ visit, dashboard, demo }) => {
  const chat = await visit();
  await chat.open();
  const texts = [
    unique("<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script><b>bold</b>"),
    "javascript:alert(1) https://shop.example/?q=<script>",
    "مرحبا، هل لديكم توصيل إلى دبي؟ 👩‍👩‍👧‍👦🇪🇺",
    "First line\nsecond line",
  ];
  for (const text of texts) await chat.send(text);
  await expect(chat.own).toHaveText(texts, { useInnerText: true });
  await chat.expectAllSent();
  await expect(chat.own.locator("img, script, b")).toHaveCount(0);
  await expect(chat.own.getByRole("link")).toHaveAttribute("href", "https://shop.example/?q=");
  // Right-to-left text begins at the right.
  const rtl = chat.own.nth(2).locator("p");
  expect(await rtl.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");

  const inbox = await dashboard(`/stores/${demo.id}/inbox`);
  await inbox.locator(".row", { hasText: "First line" }).first().click();
  const thread = inbox.getByRole("log", { name: "Messages" });
  await expect(thread.locator(".bubble").first()).toHaveText(texts[0]);
  await expect(thread.locator(".bubble").locator("img, script, b")).toHaveCount(0);
  await expect(inbox).toHaveTitle(/Chat Inbox/);
});

test("10,000 characters go through, one more stays in the box", async ({ visit }) => {
  const chat = await visit();
  await chat.open();
  const text = "A long story. ".repeat(1_000).slice(0, 9_999).concat("!");
  await chat.box.fill(`${text}!`);
  await chat.box.press("Enter");
  await expect(chat.window.getByText("1 character too long")).toBeVisible();
  await expect(chat.box).toHaveValue(`${text}!`);
  await expect(chat.own).toHaveCount(0);

  await chat.send(text);
  await expect(chat.own).toHaveText([text]);
  await chat.expectAllSent();
});

test("talk to a person is always offered", async ({ visit, dashboard, demo }) => {
  const chat = await visit();
  await chat.open();
  const person = chat.window.getByRole("button", { name: "Talk to a person" });
  await person.click();
  await expect(chat.window.getByText("Write your question first.")).toBeVisible();
  const question = unique("Can you embroider initials on towels?");
  await chat.send(question);
  await expect(chat.window.getByText("We've told the team.")).toBeVisible();
  await expect(person).toBeHidden();

  const inbox = await dashboard(`/stores/${demo.id}/inbox`);
  await inbox.locator(".row", { hasText: "Needs a human" }).first().click();
  await expect(inbox.getByRole("log", { name: "Messages" }).getByText(question)).toBeVisible();
  await expect(inbox.locator(".thread-head").getByText("Needs a human")).toBeVisible();
});

test("the keyboard is enough", async ({ visit }) => {
  const chat = await visit();
  const { page } = chat;
  await expect(chat.bubble).toBeVisible();
  // The bubble comes last on the page: backwards it is the first stop.
  await page.keyboard.press("Shift+Tab");
  await expect(chat.bubble).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.box).toBeFocused();
  await page.keyboard.type("Where is my order #1003?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Thank you!");
  await page.keyboard.press("Enter");
  await expect(chat.own).toHaveText(["Where is my order #1003?\nThank you!"], { useInnerText: true });
  await expect(chat.ai).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(chat.window).toBeHidden();
  await expect(chat.bubble).toBeFocused();
});

test("on a phone the window fills the screen", async ({ visit }) => {
  const viewport = { width: 390, height: 844 };
  const chat = await visit({ viewport, isMobile: true, hasTouch: true });
  await expect(chat.bubble).toBeVisible();
  await chat.bubble.tap();
  await expect(chat.window).toBeVisible();
  // It slides in.
  const box = async () => Object.values((await chat.window.boundingBox()) ?? {}).map(Math.round);
  await expect.poll(box).toEqual([0, 0, viewport.width, viewport.height]);
  await expect(chat.bubble).toBeHidden();
  await chat.ask("Where is my order #1001?");
  const width = await chat.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(viewport.width);
  await chat.window.getByRole("button", { name: "Close chat" }).tap();
  await expect(chat.window).toBeHidden();
  await expect(chat.bubble).toBeVisible();
});
