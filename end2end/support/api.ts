// What tests do without a browser: a merchant who prepares a store, a shopper who writes.
import { randomBytes } from "node:crypto";
import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";

/** A UUIDv7, as clients make them. */
export function uuid7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A store, by its id in the dashboard and its key on storefronts. */
export interface Store {
  id: string;
  key: string;
}

type Form = Record<string, string | boolean | number>;

async function accepted(response: APIResponse) {
  expect(response.ok(), `${response.url()}: ${response.status()} ${await response.text()}`).toBe(true);
  return response;
}

/** A signed-in merchant. */
export class Merchant {
  constructor(private readonly request: APIRequestContext) {}

  static async signIn(request: APIRequestContext) {
    const form = { email: "owner@demo.shop", password: "demo-password" };
    await accepted(await request.post("/api/app/account/sign-in", { form }));
    return new Merchant(request);
  }

  private call(endpoint: string, form: Form = {}) {
    return this.request.post(`/api/app/${endpoint}`, { form }).then(accepted);
  }

  /** The store of the demo shop. */
  async demoStore(): Promise<Store> {
    const { stores } = await (await this.call("account/current")).json();
    const demo = stores.find(({ name }: { name: string }) => name === "Demo Shop");
    return { id: demo.id, key: "demo" };
  }

  /** A store of its own for a test, with the settings it needs, by section. */
  async createStore(name: string, settings: Record<string, Form> = {}): Promise<Store> {
    const created = await this.call("stores/create", { name });
    const id = created.headers().location.split("/").at(-1) as string;
    const overview = await (await this.call("stores/overview", { store: id })).json();
    for (const [section, values] of Object.entries(settings)) {
      const fields = Object.entries(values).map(([field, value]) => [`section[${section}][${field}]`, value]);
      await this.call("widget/save", { store: id, version: 0, ...Object.fromEntries(fields) });
    }
    return { id, key: overview.public_key };
  }

  /** A canned response. */
  async addCannedResponse(store: Pick<Store, "id">, draft: Form) {
    const fields = Object.entries(draft).map(([field, value]) => [`draft[${field}]`, value]);
    await this.call("canned/save", { store: store.id, ...Object.fromEntries(fields) });
  }

  /** An order of a lamp, on its way and paid. */
  async addOrder(store: Pick<Store, "id">, { number, email }: { number: string; email: string }) {
    const order = {
      number,
      email,
      status: "shipped",
      payment_status: "paid",
      currency: "EUR",
      total_minor: 11_850,
      placed_at: 1_790_000_000_000,
      "items][0][name": "Desk lamp",
      "items][0][quantity": 1,
    };
    const fields = Object.entries(order).map(([field, value]) => [`order[${field}]`, value]);
    await this.call("orders/save", { store: store.id, ...Object.fromEntries(fields) });
  }
}

/** A shopper who writes by REST. */
export class Shopper {
  private constructor(
    private readonly request: APIRequestContext,
    readonly conversation: string,
    private readonly token: string,
    private readonly server: string,
  ) {}

  /** Starts a conversation with a message; at another server than that of all tests, if one is named. */
  static async write(request: APIRequestContext, store: Pick<Store, "key">, body: string, visitor = {}, server = "") {
    const conversation = uuid7();
    const data = { id: conversation, visitor, message: { id: uuid7(), body } };
    const response = await request.post(`${server}/widget/v1/stores/${store.key}/conversations`, { data });
    const { token } = await (await accepted(response)).json();
    return new Shopper(request, conversation, token, server);
  }

  /** Writes another message. */
  async add(body: string) {
    const response = await this.request.post(`${this.server}/widget/v1/conversations/${this.conversation}/messages`, {
      data: { id: uuid7(), body },
      headers: { authorization: `Bearer ${this.token}` },
    });
    await accepted(response);
  }
}
