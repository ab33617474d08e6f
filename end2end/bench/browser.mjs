// What `./dev bench browser` measures in Chromium. Takes what to measure as JSON in its one
// argument, prints samples as JSON, in milliseconds; the benchmark makes a table of them.
import { existsSync } from "node:fs";
import { Agent, get } from "node:http";
import { chromium } from "@playwright/test";

const { url, store, cookie, loads, requests, threads, keys, resolves, rows } = JSON.parse(process.argv[2]);
const inbox = `${url}/stores/${store}/inbox`;
const samples = {};

// Debian's Chromium, or the one CHROMIUM_PATH names, or else Playwright's own.
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);
const launch = (...args) =>
  chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
// Frames are drawn as soon as they can be: how long a display waits says nothing of the page.
let browser = await launch("--disable-frame-rate-limit", "--disable-gpu-vsync");

/** What happens, unless it takes so long that something must be wrong: then what it was is said. */
function within(what, happens, milliseconds = 20_000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing happened within ${milliseconds / 1_000} seconds`)), milliseconds);
  });
  return Promise.race([happens, late]).finally(() => clearTimeout(timer));
}

/** A browser of its own, whose files aren't there yet. */
async function open() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url }]);
  await context.addInitScript(inPage);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

/** Runs in every page before anything else. */
function inPage() {
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(0);
      });
    });
  /** When `holds` first does, at a change of the page. */
  const until = (holds) =>
    new Promise((resolve) => {
      if (holds()) return resolve();
      const observer = new MutationObserver(() => {
        if (!holds()) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
  /** From the next event of this name until `holds` can be seen. */
  const from = (name, holds) =>
    new Promise((resolve) => {
      // What never comes is no sample, and must not hold up the others.
      setTimeout(() => resolve(null), 5_000);
      const begin = () => {
        const began = performance.now();
        until(holds)
          .then(painted)
          .then((end) => resolve(end - began));
      };
      addEventListener(name, begin, { capture: true, once: true });
    });
  /** Of the next key: until its frame is painted, and how long the page was at work until then. */
  const key = () =>
    new Promise((resolve) => {
      addEventListener(
        "keydown",
        () => {
          const began = performance.now();
          addEventListener(
            "input",
            () => {
              // After all that the event has led to.
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => {
                const handled = performance.now();
                requestAnimationFrame(() => {
                  const framed = performance.now();
                  const frame = new MessageChannel();
                  frame.port1.onmessage = () => {
                    const end = performance.now();
                    resolve([end - began, handled - began + end - framed]);
                  };
                  frame.port2.postMessage(0);
                });
              };
              port2.postMessage(0);
            },
            { once: true },
          );
        },
        { capture: true, once: true },
      );
    });
  const live = until(() => document.querySelector(".row-pick:not([hidden])")).then(() => performance.now());
  Object.assign(window, { bench: { painted, until, from, key, live } });
}

const note = (name, value) => {
  if (value === null) console.error(`${name}: nothing happened within 5 seconds`);
  else (samples[name] ??= []).push(value);
};

/** From a request until the first byte of its answer. */
const agent = new Agent({ keepAlive: true });
const firstByte = (address) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    get(address, { agent, headers: { cookie, "accept-encoding": "br" } }, (response) => {
      const took = performance.now() - began;
      if (response.statusCode !== 200) reject(new Error(`${address}: ${response.statusCode}`));
      response.resume().on("end", () => resolve(took));
    }).on("error", reject);
  });
for (let at = 0; at < requests + 5; at++) {
  for (const [name, address] of [
    ["static", `${url}/favicon.svg`],
    ["page", inbox],
  ]) {
    const took = await within(`first byte of ${name}`, firstByte(address));
    if (at >= 5) note(name, took);
  }
}
agent.destroy();

// Until a page is live, with and without its files in the browser.
for (let at = 0; at < loads; at++) {
  const page = await open();
  for (const name of ["first", "again"]) {
    await page.goto(inbox);
    note(`live_${name}`, await within("a page becomes live", page.evaluate("bench.live")));
    const [paint] = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint").map((e) => e.startTime));
    if (paint !== undefined) note(`paint_${name}`, paint);
  }
  await page.context().close();
}

let page = await open();
await page.goto(inbox);
await within("the inbox becomes live", page.evaluate("bench.live"));
// The thread's file comes a second after the list is there.
await page.waitForTimeout(3_000);

/** Opens the conversation in this row, and says how long that took. */
async function openThread(at) {
  const row = page.locator(".row").nth(at);
  const took = page.evaluate(
    (id) =>
      bench.from("click", () => document.querySelector(`.thread:has(input[name="conversation"][value="${id}"]) .messages li`)),
    (await row.getAttribute("href")).split("/").at(-1).split("?")[0],
  );
  await row.click();
  return within("a thread opens", took);
}
await openThread(threads);
for (const name of ["thread_first", "thread_again"]) {
  for (let at = 0; at < threads; at++) note(name, await openThread(at));
}

const reply = page.getByRole("textbox", { name: "Your reply" });
await reply.click();
for (let at = 0; at < keys; at++) {
  const took = page.evaluate("bench.key()");
  await within("a key is pressed", page.keyboard.press("abcdefgh rst"[at % 12]));
  const [painted, work] = await within("a key is seen", took);
  note("key", painted);
  note("key_work", work);
  await page.waitForTimeout(20);
}
await reply.fill("");
await page.locator(".thread-scroll").focus();

for (let at = 0; at < resolves; at++) {
  await openThread(0);
  await page.locator(".thread-scroll").focus();
  // The address, and what the key does, follow a moment later.
  await page.waitForTimeout(500);
  const took = page.evaluate(() => {
    const id = location.pathname.split("/").at(-1);
    return bench.from("keydown", () => !document.getElementById(`row-${id}`));
  });
  await within("a key is pressed", page.keyboard.press("e"));
  note("resolve", await within("a row leaves", took));
}

// Through the list by the wheel, a third of a screen each time; sixty frames a second.
await within("the browser closes", browser.close());
browser = await launch();
page = await open();
await page.goto(inbox);
await within("the list becomes live", page.evaluate("bench.live"));
await page.evaluate(() => {
  const frames = [];
  let before = performance.now();
  const frame = (now) => {
    frames.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.bench.frames = frames;
});
await page.locator(".inbox-rows").hover();
const began = performance.now();
const seen = () =>
  page.evaluate(() => {
    const list = document.querySelector(".inbox-rows").getBoundingClientRect();
    const all = [...document.querySelectorAll(".row-item")];
    const last = all.filter((row) => row.getBoundingClientRect().top < list.bottom).at(-1);
    return [Number(last?.getAttribute("aria-posinset") ?? all.length), all.length];
  });
let place = 0;
let drawn = 0;
while (place < rows && performance.now() - began < 120_000) {
  for (let at = 0; at < 5; at++) await within("the wheel turns", page.mouse.wheel(0, 300));
  const [now, count] = await within("the rows are counted", seen());
  place = now || place;
  drawn = Math.max(drawn, count);
}
samples.frame = await page.evaluate("bench.frames");
samples.scrolled = [place, performance.now() - began, drawn];

await within("the browser closes", browser.close());
process.stdout.write(JSON.stringify(samples));
