// An authenticator app: RFC 6238 with SHA-1, six digits and 30 seconds.
import { createHmac } from "node:crypto";

/** The bytes of a key in base32, as pages show it. */
function bytesOf(key: string) {
  const letters = key.replace(/\s/g, "").split("");
  const bits = letters.map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g) as string[];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

/** What the app shows now, or `steps` of 30 seconds later. */
export function code(key: string, steps = 0) {
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", bytesOf(key)).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
