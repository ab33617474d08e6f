/*
 * Shopdesk's loader, served as /widget.js:
 *   <script src="https://HOST/widget.js" data-store="KEY" async></script>
 * Draws the bubble, and fetches the chat window (WebAssembly) once a shopper
 * shows intent. Nothing is stored before the shopper acts.
 *
 * The window is its own module; see widget/src/lib.rs for the events between
 * the two. The server puts the assets' hash in the place of BUILD's value.
 */
(() => {
  "use strict";
  const BUILD = "__BUILD__";
  const CONFIG_FRESH_MS = 60_000;
  const CONFIG_RETRIES_MS = [5_000, 20_000, 60_000, 300_000];

  // A page that has a queue of calls already has defined this function itself.
  const queued = window.shopdesk;
  if (queued && queued.loaded) return;
  const script = document.currentScript || document.querySelector('script[data-store][src*="/widget.js"]');
  const store = script && script.dataset.store;
  if (!store || !("attachShadow" in Element.prototype)) {
    console.warn('shopdesk: the script needs data-store="KEY".');
    return;
  }
  const origin = new URL(script.src, location.href).origin;
  const memory = `shopdesk:${store}:`;

  // The page's language before the browser's: the chat is part of the page.
  const tagOf = (raw) => {
    try {
      return Intl.getCanonicalLocales(raw.replace("_", "-"))[0];
    } catch {
      // Not a language tag.
    }
  };
  const locale = tagOf(document.documentElement.lang) || tagOf(navigator.language) || "en";

  const api = (command, ...rest) => {
    if (command === "open") setOpen(true);
    else if (command === "close") setOpen(false);
    else if (command === "identify") identify(rest[0]);
    else (api.q ||= []).push([command, ...rest]);
  };
  api.loaded = true;
  window.shopdesk = api;

  let config = null;
  let configAt = 0;
  let configFailures = 0;
  let isOpen = false;
  let takesFocus = false;
  let isMounted = false;
  let loading = null;
  let attempts = 0;
  let unread = 0;
  let ui = null;
  let identity = null;

  // Storage may be missing or forbidden.
  const stored = (area, key) => {
    try {
      return window[area].getItem(memory + key);
    } catch {
      return null;
    }
  };
  const noteOpen = () => {
    try {
      if (isOpen) sessionStorage.setItem(`${memory}open`, "1");
      else sessionStorage.removeItem(`${memory}open`);
    } catch {
      // Then the window starts closed on the next page.
    }
  };

  // Who is signed in, as the shop's server has signed it; null where they sign out.
  // It stays in memory.
  const identify = (token) => {
    if (token !== null && typeof token !== "string") return;
    identity = token;
    if (isMounted) ui.host.dispatchEvent(new CustomEvent("shopdesk:identify", { detail: token }));
    else if (token === null) forgetCustomer();
  };

  // Before the window is there: a customer's chat and what they wrote, never a guest's chat.
  const forgetCustomer = () => {
    try {
      const session = JSON.parse(stored("localStorage", "session"));
      const isTheirs = session && session.verified;
      if (!isTheirs && !stored("localStorage", "customer")) return;
      for (const key of ["visitor", "outbox", "draft", "wake", "customer"]) localStorage.removeItem(memory + key);
      if (isTheirs) localStorage.removeItem(`${memory}session`);
    } catch {
      // There is none.
    }
  };

  const CSS = `
:host{all:initial;--store-colour:#4f46e5;--store-text:#fff;--side:20px;--bottom:20px}
:host{display:block!important;position:fixed!important;inset:auto 0 0 auto!important;width:0!important;height:0!important;margin:0!important;padding:0!important;border:0!important;opacity:1!important;visibility:visible!important;transform:none!important;filter:none!important;contain:none!important;z-index:2147483000!important}
@media print{:host{display:none!important}}
.launcher{all:initial;color-scheme:light dark;font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.launcher *{box-sizing:border-box;font:inherit}
.bubble{position:fixed;bottom:calc(var(--bottom) + env(safe-area-inset-bottom));right:calc(var(--side) + env(safe-area-inset-right));width:56px;height:56px;margin:0;padding:0;border:1px solid transparent;border-radius:50%;background:var(--store-colour);color:var(--store-text);cursor:pointer;box-shadow:0 6px 20px rgb(15 23 42/.25);transition:transform .12s ease-out}
.left .bubble{right:auto;left:calc(var(--side) + env(safe-area-inset-left))}
.bubble:hover{transform:scale(1.06)}
.bubble:active{transform:scale(.97)}
.bubble:focus-visible,.panel button:focus-visible{outline:2px solid var(--store-colour);outline-offset:3px;box-shadow:0 0 0 3px #fff}
.bubble svg{position:absolute;inset:15px;width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:opacity .12s,transform .12s}
.bubble[aria-expanded=true] .chat,.bubble[aria-expanded=false] .down{opacity:0;transform:scale(.6)}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;padding:0 6px;border:2px solid #fff;border-radius:11px;background:#dc2626;color:#fff;font-size:12px;font-weight:600;line-height:18px;text-align:center}
[hidden]{display:none!important}
.panel{position:fixed;bottom:calc(var(--bottom) + 68px + env(safe-area-inset-bottom));right:calc(var(--side) + env(safe-area-inset-right));display:flex;flex-direction:column;width:min(384px,calc(100vw - 2*var(--side)));height:min(640px,calc(100vh - var(--bottom) - 84px));overflow:hidden;border-radius:16px;background:light-dark(#fff,#182234);color:light-dark(#0f172a,#e8edf5);box-shadow:0 12px 32px rgb(15 23 42/.18)}
.left .panel{right:auto;left:calc(var(--side) + env(safe-area-inset-left))}
.panel b{flex:none;padding:20px 16px;background:var(--store-colour);color:var(--store-text);font-size:16px;font-weight:600}
.panel p{margin:auto auto 0;padding:16px;text-align:center}
.panel div{margin:0 auto auto}
.panel button{padding:8px 16px;border:0;border-radius:6px;background:var(--store-colour);color:var(--store-text);font-weight:500;cursor:pointer}
.close{display:none}
@media(max-width:479.98px){
.panel,.left .panel{inset:0;width:100%;height:100%;border-radius:0}
.panel .close{display:block;position:absolute;top:calc(8px + env(safe-area-inset-top));right:8px;width:44px;height:44px;padding:0;background:0 0;font-size:24px}
.bubble[aria-expanded=true]{display:none}}
@media(prefers-reduced-motion:reduce){.launcher *{transition:none!important}}
@media(forced-colors:active){.bubble,.badge,.panel,.panel button{border:1px solid ButtonText}}`;

  const addSheet = (css) => {
    const { shadow } = ui;
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    } catch {
      // Browsers from before constructable sheets.
      shadow.prepend(element("style", {}, css));
    }
  };

  const element = (name, attributes, ...children) => {
    const made = name === "svg" || name === "path"
      ? document.createElementNS("http://www.w3.org/2000/svg", name)
      : document.createElement(name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.append(...children);
    return made;
  };

  const icon = (name, d) =>
    element("svg", { class: name, viewBox: "0 0 24 24", "aria-hidden": "true" }, element("path", { d }));

  function draw() {
    const host = element("shopdesk-widget", {});
    const shadow = host.attachShadow({ mode: "open" });
    const badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
    const bubble = element(
      "button",
      { class: "bubble", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" },
      icon("chat", "M21 11.5a8.4 8.4 0 0 1-12.2 7.6L3 21l1.9-5.8A8.4 8.4 0 1 1 21 11.5z"),
      icon("down", "M6 9l6 6 6-6"),
      badge,
    );
    const launcher = element("div", { class: "launcher" }, bubble);
    shadow.append(launcher);
    ui = { host, shadow, launcher, bubble, badge, panel: null };
    addSheet(CSS);

    bubble.addEventListener("click", () => setOpen(!isOpen));
    for (const intent of ["pointerenter", "focus", "touchstart"]) {
      bubble.addEventListener(intent, () => load().catch(() => {}), { passive: true });
    }
    shadow.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && isOpen && !event.isComposing) setOpen(false);
    });
    host.addEventListener("shopdesk:open", () => showOpen(true));
    host.addEventListener("shopdesk:close", () => showOpen(false));
    host.addEventListener("shopdesk:unread", (event) => showUnread(event.detail));
    host.addEventListener("shopdesk:config", (event) => apply(JSON.parse(event.detail)));
  }

  // Pages that replace their body, or what they don't know in it, lose the
  // element: it is put back, but not in an endless fight.
  let returns = 0;
  const attach = () => {
    const isWanted = config && config.enabled;
    if (ui && !isWanted) ui.host.remove();
    if (ui && isWanted && !ui.host.isConnected && returns < 100) {
      returns += 1;
      document.body.append(ui.host);
      observer.disconnect();
      observer.observe(document.documentElement, { childList: true });
      observer.observe(document.body, { childList: true });
    }
  };
  const observer = new MutationObserver(() => {
    if (ui && !ui.host.isConnected) setTimeout(attach, 50);
  });

  function apply(next) {
    config = next;
    configAt = Date.now();
    if (!config.enabled) {
      if (isOpen) setOpen(false);
      attach();
      return;
    }
    if (!ui) draw();
    ui.host.lang = config.locale;
    const { style } = ui.host;
    style.setProperty("--store-colour", config.colour);
    style.setProperty("--store-text", config.text_colour);
    style.setProperty("--side", `${config.side_spacing}px`);
    style.setProperty("--bottom", `${config.bottom_spacing}px`);
    const isLeft = config.position === "bottom-left";
    ui.launcher.classList.toggle("left", isLeft);
    ui.host.toggleAttribute("data-left", isLeft);
    attach();
    showUnread(unread);
  }

  function showUnread(count) {
    unread = count;
    const { badge, bubble } = ui;
    badge.hidden = !count || isOpen;
    badge.textContent = count > 9 ? "9+" : count;
    const { texts } = config;
    const waiting = (count === 1 ? texts.unread_one : texts.unread_other).replace("{count}", count);
    const label = isOpen ? texts.close_chat : texts.open_chat;
    bubble.setAttribute("aria-label", count && !isOpen ? `${label}, ${waiting}` : label);
  }

  // Both sides learn by the same event.
  function setOpen(open, focus = true) {
    if (open && !ui) {
      wantsOpen = true;
      return;
    }
    if (!ui || open === isOpen) return;
    takesFocus = focus;
    ui.host.dispatchEvent(new CustomEvent(open ? "shopdesk:open" : "shopdesk:close", { detail: focus }));
  }
  let wantsOpen = false;

  function showOpen(open) {
    isOpen = open;
    noteOpen();
    ui.bubble.setAttribute("aria-expanded", open);
    showUnread(unread);
    const hadFocus = ui.shadow.activeElement;
    showPanel(null);
    if (open && !isMounted) bringIn();
    if (!open && hadFocus) ui.bubble.focus();
  }

  // The window's place while it isn't there: loading, or failed.
  function showPanel(text, canRetry) {
    if (ui.panel) ui.panel.remove();
    ui.panel = null;
    if (!text) return;
    const close = element("button", { class: "close", type: "button", "aria-label": config.texts.close_chat }, "×");
    close.addEventListener("click", () => setOpen(false));
    ui.panel = element(
      "div",
      { class: "panel", role: "dialog", "aria-label": config.store_name },
      element("b", { dir: "auto" }, config.store_name),
      close,
      element("p", { role: "status" }, text),
    );
    const below = element("div", {});
    if (canRetry) {
      const retry = element("button", { type: "button" }, config.texts.retry);
      retry.addEventListener("click", bringIn);
      below.append(retry);
    }
    ui.panel.append(below);
    ui.launcher.append(ui.panel);
  }

  // Everything the window needs. A failed attempt is forgotten; the next one
  // goes by another address, since browsers remember failed modules.
  function load() {
    loading ||= (async () => {
      const query = `?v=${BUILD}${attempts ? `&r=${attempts}` : ""}`;
      const asset = (kind) => `${origin}/widget/shopdesk-widget.${kind}${query}`;
      try {
        const [module, css] = await Promise.all([
          import(asset("js")).then(async (module) => {
            await module.default({ module_or_path: asset("wasm") });
            return module;
          }),
          fetch(asset("css"), { credentials: "omit" }).then((reply) => {
            if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
            return reply.text();
          }),
        ]);
        addSheet(css);
        return module;
      } catch (error) {
        loading = null;
        attempts += 1;
        throw error;
      }
    })();
    return loading;
  }

  async function bringIn() {
    if (isOpen) showPanel(config.texts.loading_chat);
    try {
      const module = await load();
      if (isMounted) return;
      isMounted = true;
      module.mount(ui.shadow, JSON.stringify({ origin, store, locale, config, identity, open: isOpen, focus: isOpen && takesFocus }));
      showPanel(null);
    } catch (error) {
      isMounted = false;
      console.warn("shopdesk: the chat couldn't be loaded.", error);
      if (isOpen) showPanel(config.texts.chat_failed, true);
    }
  }

  async function fetchConfig() {
    try {
      const address = `${origin}/widget/v1/stores/${encodeURIComponent(store)}/config?locale=${locale}`;
      const reply = await fetch(address, { credentials: "omit" });
      if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
        console.warn(`shopdesk: the store "${store}" can't be shown here (HTTP ${reply.status}).`);
        configAt = Infinity;
        return;
      }
      if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
      const isFirst = !config;
      apply(await reply.json());
      if (isFirst) resume();
    } catch {
      if (!config) setTimeout(fetchConfig, CONFIG_RETRIES_MS[Math.min(configFailures++, CONFIG_RETRIES_MS.length - 1)]);
    }
  }

  // What an earlier page left: an open window, or something to wait for.
  function resume() {
    if (!config.enabled) return;
    let wake = null;
    try {
      wake = JSON.parse(stored("localStorage", "wake"));
    } catch {
      // Not ours, then.
    }
    const isAwaited = wake && wake.until > Date.now();
    if (isAwaited) showUnread(wake.unread);
    if (wantsOpen) return setOpen(true);
    const wasOpen = stored("sessionStorage", "open") && innerWidth >= 480;
    if (!wasOpen && !isAwaited) return;
    const later = window.requestIdleCallback || ((f) => setTimeout(f, 1_000));
    later(() => (wasOpen ? setOpen(true, false) : bringIn()), { timeout: 3_000 });
  }

  const refresh = () => {
    if (!document.hidden && Date.now() - configAt > CONFIG_FRESH_MS) fetchConfig();
  };

  function start() {
    for (const call of (queued && queued.q) || []) api(...call);
    document.addEventListener("visibilitychange", refresh);
    window.addEventListener("online", refresh);
    fetchConfig();
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
