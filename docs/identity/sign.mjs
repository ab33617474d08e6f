// Node 16 or newer, nothing to install.
//   SHOPDESK_IDENTITY_SECRET=identity_… node sign.mjs cus_42 jane@example.com "Jane Doe"
import { createHmac } from "node:crypto";

export function sign(secret, customer) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { ...customer, exp: Math.floor(Date.now() / 1000) + 15 * 60 };
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}

const [customer_id, email, name] = process.argv.slice(2);
console.log(sign(process.env.SHOPDESK_IDENTITY_SECRET, { customer_id, email, name }));
