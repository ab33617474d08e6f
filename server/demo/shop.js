// The demo shop's cart: kept in the browser, shown in the drawer and at checkout.
"use strict";

const CART = "demo-shop-cart";
const FREE_FROM_CENTS = 6000;
const SHIPPING_CENTS = { standard: 490, express: 1190 };
const QUANTITY_MAX = 20;

const find = (selector) => document.querySelector(selector);
const money = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });

/** The cart's lines: `{sku, name, cents, quantity}`. */
let lines = load();

function load() {
  try {
    const stored = JSON.parse(localStorage.getItem(CART));
    return Array.isArray(stored) ? stored.filter((line) => line.sku && line.quantity > 0) : [];
  } catch {
    return [];
  }
}

function change(sku, quantity) {
  const line = lines.find((line) => line.sku === sku);
  line.quantity = Math.min(quantity, QUANTITY_MAX);
  lines = lines.filter((line) => line.quantity > 0);
  save();
}

function save() {
  try {
    localStorage.setItem(CART, JSON.stringify(lines));
  } catch {
    // The cart then lasts as long as the page.
  }
  show();
}

function add(product) {
  const { sku, name, cents } = product.dataset;
  if (!lines.some((line) => line.sku === sku)) lines.push({ sku, name, cents: Number(cents), quantity: 0 });
  change(sku, lines.find((line) => line.sku === sku).quantity + 1);
  say(`${name} is in your cart.`);
  const button = product.querySelector("button");
  button.textContent = "Added ✓";
  setTimeout(() => (button.textContent = "Add to cart"), 1500);
}

function say(text) {
  find("#status").textContent = text;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children);
  return made;
}

function lineView({ sku, name, cents, quantity }) {
  const step = (label, by) =>
    element("button", {
      type: "button",
      className: "step",
      ariaLabel: `${label}: ${name}`,
      onclick: () => change(sku, quantity + by),
    }, by > 0 ? "+" : "−");
  return element("li", {},
    element("img", { src: pictures[sku] || "/demo/assets/mark.svg", alt: "", width: 56, height: 56 }),
    element("div", { className: "line-text" },
      element("span", {}, name),
      element("div", { className: "steps" },
        step("One less", -1),
        element("span", { className: "quantity" }, quantity),
        step("One more", 1),
        element("button", {
          type: "button",
          className: "remove",
          ariaLabel: `Remove: ${name}`,
          onclick: () => {
            change(sku, 0);
            say(`${name} was removed.`);
          },
        }, "Remove"))),
    element("strong", {}, money(cents * quantity)));
}

const pictures = {
  duvet: "/demo/assets/duvet.svg",
  throw: "/demo/assets/throw.svg",
  tablecloth: "/demo/assets/tablecloth.svg",
  towel: "/demo/assets/towels.svg",
  mug: "/demo/assets/mug.svg",
  candle: "/demo/assets/candle.svg",
};

function show() {
  const total = lines.reduce((sum, line) => sum + line.cents * line.quantity, 0);
  const standard = total >= FREE_FROM_CENTS ? 0 : SHIPPING_CENTS.standard;
  const chosen = find("[name=shipping]:checked");
  const shipping = chosen && chosen.value === "express" ? SHIPPING_CENTS.express : standard;
  const texts = {
    "#cart-count": lines.reduce((sum, line) => sum + line.quantity, 0),
    "[data-total]": money(total),
    "[data-shipping]": standard ? `${money(FREE_FROM_CENTS - total)} more for free shipping` : "Shipping is free",
    "[data-standard]": standard ? money(standard) : "free",
    "[data-shipping-cost]": shipping ? money(shipping) : "free",
    "[data-grand-total]": money(total + shipping),
  };
  for (const [selector, text] of Object.entries(texts)) {
    const shown = find(selector);
    if (shown) shown.textContent = text;
  }
  const focused = document.activeElement && document.activeElement.ariaLabel;
  find("#cart-lines").replaceChildren(...lines.map(lineView));
  find("#cart-empty").hidden = lines.length > 0;
  find("#cart-sum").hidden = lines.length === 0;
  // Drawn anew, the pressed button would lose the focus.
  const again = [...document.querySelectorAll("#cart-lines button")].find((button) => button.ariaLabel === focused);
  if (focused && again) again.focus();
}

for (const product of document.querySelectorAll(".product")) {
  product.querySelector("button").addEventListener("click", () => add(product));
}

const checkout = find("#checkout");
if (checkout) {
  checkout.addEventListener("change", show);
  checkout.addEventListener("submit", (event) => {
    event.preventDefault();
    if (lines.length === 0) {
      say("Your cart is empty.");
      return;
    }
    lines = [];
    save();
    checkout.hidden = true;
    find(".summary").hidden = true;
    find("#thanks").hidden = false;
    find("#thanks").focus();
  });
}

window.addEventListener("storage", (event) => {
  if (event.key === CART || event.key === null) {
    lines = load();
    show();
  }
});
show();
