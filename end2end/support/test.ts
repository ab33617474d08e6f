// The `test` of all specs: pages in browsers of their own, watched for errors.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
  request as requests,
} from "@playwright/test";
import { Merchant, type Store } from "./api";
import { Chat, frameReceived } from "./chat";
import { Watch } from "./watch";

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface TestFixtures {
  /** What goes wrong on the pages; checked after the test. */
  watch: Watch;
  /** Opens a page in a browser of its own. */
  open: (options?: BrowserContextOptions) => Promise<Page>;
  /** Opens the demo shop with another shopper in front of it. */
  visit: (options?: BrowserContextOptions) => Promise<Chat>;
  /** Opens a page of a shop that has embedded a store's widget. */
  storefront: (store: Pick<Store, "key">, options?: BrowserContextOptions) => Promise<Chat>;
  /** Opens a page of the dashboard, signed in, and waits until it is live. */
  dashboard: (path: string, options?: BrowserContextOptions) => Promise<Page>;
}

interface WorkerFixtures {
  /** Signed in once: sign-ins are limited. */
  signedIn: { merchant: Merchant; cookies: Cookies };
  merchant: Merchant;
  /** The demo shop's store. */
  demo: Store;
  /** Address of a shop that is another origin than the widget's; the path is the store's key,
   * `?lang=` the language of its page, English without it. */
  shop: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    expect(watch.unexpected(), "errors on the pages of this test").toEqual([]);
  },

  open: async ({ browser, baseURL, watch, shop }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, ...options });
      contexts.push(context);
      const urls = [options.baseURL ?? (baseURL as string), shop];
      watch.follow(context, urls.map((url) => new URL(url).host));
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  visit: async ({ open }, use) => {
    await use(async (options) => {
      const page = await open(options);
      await page.goto("/demo");
      return new Chat(page);
    });
  },

  storefront: async ({ open, shop }, use) => {
    await use(async ({ key }, options) => {
      const page = await open(options);
      await page.goto(`${shop}/${key}`);
      return new Chat(page);
    });
  },

  dashboard: async ({ open, signedIn }, use) => {
    await use(async (path, options = {}) => {
      const page = await open({ storageState: signedIn.cookies, ...options });
      await gotoLive(page, path);
      return page;
    });
  },

  signedIn: [
    async ({}, use, { project }) => {
      const context = await requests.newContext({ baseURL: project.use.baseURL });
      const merchant = await Merchant.signIn(context);
      await use({ merchant, cookies: await context.storageState() });
      await context.dispose();
    },
    { scope: "worker" },
  ],

  merchant: [async ({ signedIn }, use) => use(signedIn.merchant), { scope: "worker" }],

  demo: [async ({ merchant }, use) => use(await merchant.demoStore()), { scope: "worker" }],

  shop: [
    async ({}, use, { project }) => {
      const widget = project.use.baseURL;
      const server = createServer(({ url }, response) => {
        const { pathname, searchParams } = new URL(url ?? "/", "http://shop");
        response.setHeader("content-type", "text/html; charset=utf-8").end(`<!doctype html>
          <html lang="${searchParams.get("lang") ?? "en"}"><title>A shop</title>
          <link rel="icon" href="data:,"><h1>A shop</h1>
          <script src="${widget}/widget.js" data-store="${pathname.slice(1)}" async></script></html>`);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.closeAllConnections();
      server.close();
    },
    { scope: "worker" },
  ],
});

export { expect };

/** Loads a page of a store and waits until it is hydrated and hears of events. */
export async function gotoLive(page: Page, path: string) {
  const ready = frameReceived(page, "/ws", (frame) => frame.startsWith('{"ready"'));
  await page.goto(path);
  await ready;
}

/** A text that no other test writes. */
export function unique(text: string) {
  return `${text} (${Math.random().toString(36).slice(2, 8)})`;
}
