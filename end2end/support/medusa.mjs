// As much of a Medusa as one order needs.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

const KEY = "sk_end2end";
const PUBLISHABLE_KEY = "pk_end2end";
const CUSTOMER = { id: "cus_1", email: "anna@example.com", first_name: "Anna", last_name: "Berg", has_account: true };
const ORDER = {
  id: "order_1",
  display_id: 1,
  custom_display_id: null,
  status: "pending",
  email: "anna@example.com",
  customer_id: "cus_1",
  currency_code: "eur",
  total: 49.9,
  original_total: 49.9,
  created_at: "2026-11-22T14:12:07.345Z",
  updated_at: "2026-11-24T09:00:00.000Z",
  payment_status: "captured",
  fulfillment_status: "shipped",
  items: [{ title: "Linen Shirt", product_title: "Linen Shirt", variant_title: "L", quantity: 1 }],
  fulfillments: [
    { canceled_at: null, labels: [{ tracking_number: "T1", tracking_url: "https://track.example.com/T1" }] },
  ],
};

/** What it gives the customer when she signs in. */
function customersToken() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { actor_id: CUSTOMER.id, actor_type: "customer", exp: Math.floor(Date.now() / 1000) + 86_400 };
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${createHmac("sha256", "supersecret").update(content).digest("base64url")}`;
}

/** Starts it. */
export async function startMedusa() {
  const token = customersToken();
  const taken = `Basic ${Buffer.from(`${KEY}:`).toString("base64")}`;
  let isDown = false;
  const server = createServer(({ url, headers }, response) => {
    const { pathname } = new URL(url ?? "/", "http://shop");
    const json = (status, body) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (pathname === "/store/customers/me") {
      if (headers["x-publishable-api-key"] !== PUBLISHABLE_KEY) return json(400, { type: "not_allowed" });
      const isHers = headers.authorization === `Bearer ${token}`;
      return isHers ? json(200, { customer: CUSTOMER }) : json(401, { message: "Unauthorized" });
    }
    if (isDown) return json(500, { type: "unknown_error" });
    if (headers.authorization !== taken) return json(401, { message: "Unauthorized" });
    if (pathname === "/admin/orders") return json(200, { orders: [ORDER], count: 1, offset: 0 });
    if (pathname === "/admin/orders/order_1") return json(200, { order: ORDER });
    if (pathname === "/admin/customers") return json(200, { customers: [{ id: "cus_1", email: ORDER.email }] });
    response.writeHead(404).end("Cannot GET");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    key: KEY,
    publishableKey: PUBLISHABLE_KEY,
    token,
    /** From now on it fails, or does well again. */
    fails: (now) => {
      isDown = now;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
