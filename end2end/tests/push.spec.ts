// Told while no page is open: turning it on, and what the service worker shows.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "@playwright/test";
import { expect, test, unique } from "../support/test";

/** A push service that takes everything; no browser here can reach a real one. */
async function pushService() {
  const taken: string[] = [];
  const server = createServer((request, response) => {
    taken.push(request.url ?? "");
    request.resume().on("end", () => response.writeHead(201).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, taken, close: () => server.close() };
}

/** Has the browser subscribe there. All else is the browser's own. */
function subscribeAt(address: string) {
  // The example of RFC 8291.
  const keys = {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  };
  const made = () => {
    const subscription = Object.create(PushSubscription.prototype);
    Object.defineProperties(subscription, {
      toJSON: { value: () => ({ endpoint: `${address}/send/1`, keys }) },
      unsubscribe: { value: async () => localStorage.removeItem("test.subscribed") !== undefined },
    });
    return subscription as PushSubscription;
  };
  PushManager.prototype.subscribe = async (options) => {
    if (!options?.userVisibleOnly || typeof options.applicationServerKey !== "string") throw new TypeError("options");
    localStorage.setItem("test.subscribed", options.applicationServerKey);
    return made();
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("test.subscribed") ? made() : null);
}

const section = (page: Page) => page.getByRole("region", { name: "When the dashboard is closed" });
const button = (page: Page, name: string) => section(page).getByRole("button", { name });

/** What the browser has shown and nobody has closed. */
const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });

/** Delivers a message to the service worker, as the browser does when one comes. */
async function deliver(context: BrowserContext, page: Page, data: string) {
  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find(({ isDeleted }: { isDeleted: boolean }) => !isDeleted);
      if (own) resolve(own.registrationId);
    }),
  );
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.deliverPushMessage", {
    origin: new URL(page.url()).origin,
    registrationId: await registered,
    data,
  });
  await session.detach();
}

async function account(page: Page) {
  await page.goto("/account");
  await expect(section(page)).not.toContainText("Needs a moment");
}

test("a browser is told while no page is open, until that is turned off", async ({ open, signedIn }) => {
  const service = await pushService();
  try {
    const page = await open({ storageState: signedIn.cookies, permissions: ["notifications"] });
    await page.addInitScript(subscribeAt, service.address);
    await account(page);
    await expect(button(page, "Send a test")).toBeHidden();
    await button(page, "Turn on in this browser").click();
    await expect(page.getByText("This browser is told, also when the dashboard is closed.")).toBeVisible();
    await button(page, "Send a test").click();
    await expect(page.getByText("Sent. It should appear in a moment.")).toBeVisible();
    expect(service.taken).toEqual(["/send/1"]);

    await account(page);
    await expect(button(page, "Turn off in this browser")).toBeVisible();
    await button(page, "Turn off in this browser").click();
    await expect(page.getByText("This browser is told only while the dashboard is open.")).toBeVisible();
    await account(page);
    await expect(button(page, "Turn on in this browser")).toBeVisible();
  } finally {
    service.close();
  }
});

test("a browser that may show nothing says how to allow it", async ({ open, signedIn }) => {
  const page = await open({ storageState: signedIn.cookies });
  await page.addInitScript(() => {
    Notification.requestPermission = async () => "denied";
  });
  await account(page);
  await button(page, "Turn on in this browser").click();
  await expect(section(page).getByRole("alert")).toContainText("Allow them in its settings");
  await expect(button(page, "Turn on in this browser")).toBeEnabled();
});

test("what is pushed is shown and leads to its page", async ({ open, signedIn, merchant }) => {
  const store = await merchant.createStore(unique("Pushed"), { chat: { enabled: true } });
  const page = await open({ storageState: signedIn.cookies, permissions: ["notifications"] });
  await page.addInitScript(subscribeAt, "http://127.0.0.1:9");
  await account(page);
  await page.evaluate(() => navigator.serviceWorker.register("/push-worker.js").then(() => navigator.serviceWorker.ready));
  const message = (title: string) =>
    JSON.stringify({ title, body: "Lamps", url: `/stores/${store.id}/inbox`, tag: "shopdesk.waiting" });
  await deliver(page.context(), page, message("Jane has waited longer than promised"));
  const jane = { title: "Jane has waited longer than promised", body: "Lamps", tag: "shopdesk.waiting" };
  await expect.poll(() => shown(page)).toMatchObject([jane]);
  // The next one takes its place.
  await deliver(page.context(), page, message("2 shoppers have waited longer than promised"));
  await expect.poll(() => shown(page)).toMatchObject([{ title: "2 shoppers have waited longer than promised" }]);
  // What can't be read is told of, and leads home.
  await deliver(page.context(), page, "nonsense");
  await expect.poll(async () => (await shown(page)).length).toBe(2);
  expect(await shown(page)).toContainEqual({ title: "Shopdesk has news", body: "", tag: "shopdesk", data: { url: "/" } });
});

test("who signs in again in a browser that was told is told again", async ({ open, signedIn }) => {
  const page = await open({ storageState: signedIn.cookies, permissions: ["notifications"] });
  await account(page);
  const id = await page.evaluate(async () => {
    const answer = await fetch("/api/app/account/current", { method: "POST", headers: { accept: "application/json" } });
    return ((await answer.json()) as { id: string }).id;
  });
  await page.evaluate(async (id) => {
    await navigator.serviceWorker.register("/push-worker.js");
    await navigator.serviceWorker.ready;
    localStorage.setItem("shopdesk.push", id);
  }, id);
  // The worker is asked; what it does with its browser's subscription is the browser's own.
  await page.addInitScript(() => {
    const said: unknown[] = [];
    Object.assign(window, { said });
    ServiceWorker.prototype.postMessage = function (message: unknown) {
      said.push(message);
    };
  });
  await page.goto("/");
  await expect.poll(() => page.evaluate(() => (window as unknown as { said: unknown[] }).said)).toEqual(["renew"]);
});
