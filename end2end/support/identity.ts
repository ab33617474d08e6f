// Customers whom the storefront has signed in.
import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";

/** Makes the store's identity secret on its page of Widget Settings. */
export async function makeSecret(page: Page) {
  await page.getByRole("button", { name: "Make a secret" }).click();
  return page.getByLabel("Identity secret").inputValue();
}

/** What a storefront's server does; see docs/IDENTITY.md. */
export function sign(secret: string, customer_id: string, name: string) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { customer_id, name, email: `${customer_id}@example.com`, exp: Math.floor(Date.now() / 1000) + 600 };
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}

/** The page says who is signed in, or that nobody is any more. */
export function identify(page: Page, token: string | null) {
  return page.evaluate((token) => {
    const { shopdesk } = window as unknown as { shopdesk: (command: string, token: string | null) => void };
    shopdesk("identify", token);
  }, token);
}
