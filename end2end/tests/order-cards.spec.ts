// What the AI shows of orders, as the team and as the shopper see it.
import { Shopper } from "../support/api";
import { expect, test, unique } from "../support/test";

const PICTURE = "https://pictures.example.com/desk-lamp.png";
/** One dot. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const ORDER = {
  number: "7001",
  email: "ida@example.com",
  status: "shipped",
  payment_status: "paid",
  currency: "EUR",
  total_minor: 11_850,
  placed_at: 1_790_000_000_000,
  items: [
    { name: "Desk lamp", quantity: 1, image_url: PICTURE },
    { name: "Bulb", quantity: 2 },
  ],
  shipments: [
    {
      carrier: "DHL",
      tracking_number: "00340434161094042557",
      tracking_url: "https://track.example.com/00340434161094042557",
      status: "out_for_delivery",
      changed_at: 1_790_200_000_000,
    },
  ],
};

test("an answer shows its order as a card, with its words folded away", async ({ dashboard, demo, request, watch }) => {
  watch.allow(/third-party request: https:\/\/pictures\.example\.com\/desk-lamp\.png/);
  const headers = { authorization: "Bearer demo-api-key" };
  const put = await request.put(`/api/v1/orders/${ORDER.number}`, { headers, data: ORDER });
  expect(put.ok(), await put.text()).toBe(true);
  const shopper = await Shopper.write(request, demo, `Where is my order #${ORDER.number}?`);

  const page = await dashboard(`/stores/${demo.id}/inbox`);
  await page.route(PICTURE, (route) => route.fulfill({ contentType: "image/png", body: DOT }));
  await page.locator(`.row[href$="${shopper.conversation}"]`).click();
  const card = page.getByRole("article", { name: "Order #7001" });
  const steps = card.getByRole("list", { name: "Progress" }).getByRole("listitem");
  await expect(steps).toHaveText(["Ordered (done)", "Being prepared (done)", "On its way", "Delivered"]);
  await expect(card.locator("[aria-current=step]")).toHaveText("On its way");
  await expect(card.getByText("Desk lamp")).toBeVisible();
  await expect(card.getByText("× 2")).toBeVisible();
  await expect(card.getByText("€118.50")).toBeVisible();
  await expect(card.getByText(/^Out for delivery · 2[34] Sep( 2026)?$/)).toBeVisible();
  const picture = card.locator("img");
  await expect(picture).toHaveJSProperty("naturalWidth", 1);
  await expect(picture).toHaveAttribute("referrerpolicy", "no-referrer");
  const link = card.getByRole("link", { name: "Track parcel DHL 00340434161094042557" });
  await expect(link).toHaveAttribute("href", ORDER.shipments[0].tracking_url);
  await expect(link).toHaveAttribute("rel", /noopener/);

  const words = page.getByRole("log", { name: "Messages" }).getByText("Here's what I found for order #7001.");
  await expect(words).toBeHidden();
  await page.getByText("Message as sent").click();
  await expect(words).toBeVisible();
});

test("several orders are a choice, each opened by a tap", async ({ dashboard, demo, request }) => {
  const question = unique("Where is my order?");
  const shopper = await Shopper.write(request, demo, question, { email: "jane@example.com" });
  const page = await dashboard(`/stores/${demo.id}/inbox/${shopper.conversation}`);
  const choice = page.locator(".order-cards details");
  await expect(choice).toHaveCount(3);
  const second = choice.nth(1);
  await expect(second.getByText("#1001")).toBeVisible();
  await expect(second.getByText("Linen duvet cover, king, sand")).toBeHidden();
  await second.getByText("#1001").click();
  await expect(second.getByText("Linen duvet cover, king, sand")).toBeVisible();
  await expect(choice.first().getByRole("list", { name: "Progress" })).toBeHidden();
});

test("in the chat an answer shows how far its order has got", async ({ visit }) => {
  const chat = await visit();
  await chat.open();
  const answer = await chat.ask("Where is my order #1001?");
  const card = answer.locator(".order").first();
  await expect(card.locator("ol li")).toHaveText(["Received", "Being prepared", "On its way", "Delivered"]);
  await expect(card.locator("ol .reached")).toHaveCount(3);
  await expect(card.locator("[aria-current=step]")).toHaveText("On its way");
  await expect(card.getByText("2 × Pillowcase pair")).toBeVisible();
  await expect(card.getByText("Total 227.00 USD")).toBeVisible();
  const parcel = card.getByRole("link", { name: "Track parcel" });
  await expect(parcel).toHaveAttribute("href", "https://track.example.com/northway/NW482019375");

  const words = answer.getByText("Here's what I found");
  await expect(words).toBeHidden();
  await answer.getByText("In words").focus();
  await chat.page.keyboard.press("Enter");
  await expect(words).toBeVisible();
});

test("in the chat, what no card says is read beside it", async ({ visit }) => {
  const chat = await visit();
  await chat.open();
  const answer = await chat.ask("#1005 says delivered but I don't have it");
  await expect(answer.getByText("Please check your letterbox").first()).toBeVisible();
  const card = answer.locator(".order").first();
  await expect(card.getByText(/^Delivered, /)).toBeVisible();
  await expect(card.getByRole("link", { name: "Track parcel" })).toBeVisible();
});
