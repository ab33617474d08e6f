// Orders that come in as a file, are looked through, and are changed by hand.
import type { Route } from "@playwright/test";
import { expect, test } from "../support/test";

const FILE = `Name,Email,Financial Status,Fulfillment Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Billing Name,Cancelled at
#1001,jane@example.com,paid,fulfilled,EUR,118.50,2026-11-01 10:00:00 +0100,1,Lamp,Jane Doe,
#1001,jane@example.com,,,,,,2,Bulb,,
#1002,john@example.com,paid,unfulfilled,EUR,free,2026-11-02 10:00:00 +0100,1,Sofa,John Roe,
`;
const csv = (text: string) => ({ name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

test("a shop's export is looked at, imported, and one of its orders edited and deleted", async ({ dashboard, merchant, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*orders\/save/);
  const store = await merchant.createStore("Lamps");
  const page = await dashboard(`/stores/${store.id}/orders`);
  await expect(page.getByText("No orders yet")).toBeVisible();
  await page.getByRole("link", { name: "Import orders" }).click();

  await page.locator("#file").setInputFiles(csv(FILE));
  await expect(page.getByText("This is an export of Shopify.")).toBeVisible();
  await expect(page.getByText("1 new", { exact: true })).toBeVisible();
  await expect(page.getByText("1 faulty", { exact: true })).toBeVisible();
  const faulty = page.getByRole("row", { name: "free" });
  await expect(faulty).toContainText("4");
  await expect(page.getByRole("row", { name: "#1001" })).toContainText("1 × Lamp, 2 × Bulb");

  await page.getByRole("button", { name: "Import the good one" }).click();
  await expect(page.getByText("1 left out")).toBeVisible();
  await page.getByRole("link", { name: "Show all orders" }).click();
  await page.getByRole("link", { name: "#1001" }).click();
  await expect(page.getByRole("heading", { name: "Order #1001" })).toBeVisible();
  await expect(page.getByText("€118.50")).toBeVisible();

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Status").selectOption("Delivered");
  await page.getByRole("button", { name: "Add parcel" }).click();
  await page.getByLabel("Tracking link").fill("javascript:alert(1)");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The tracking link should begin with https://")).toBeVisible();
  await page.getByLabel("Tracking link").fill("https://track.example.com/1");
  await page.getByLabel("Carrier").fill("DHL");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Order saved.")).toBeVisible();
  await expect(page.getByRole("link", { name: "DHL" })).toHaveAttribute("href", "https://track.example.com/1");
  await expect(page.getByText("Delivered")).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete order" }).click();
  await expect(page.getByText("No orders yet")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "#1001" })).toBeVisible();
});

test("what the file doesn't say, the merchant does", async ({ dashboard, merchant }) => {
  const store = await merchant.createStore("Sofas");
  const page = await dashboard(`/stores/${store.id}/orders/import`);
  await page.locator("#file").setInputFiles(csv("No;Sum;Day\n7;1.234,50;01.11.2026\n"));
  await expect(page.getByText("Order number is missing")).toBeVisible();
  await page.getByLabel("No is").selectOption("Order number");
  await page.getByLabel("Sum is").selectOption("Total");
  await page.getByLabel("Day is").selectOption("Date");
  await page.getByLabel("Status of all orders").selectOption("Shipped");
  await page.getByLabel("Payment of all orders").selectOption("Paid");
  await page.getByLabel("Currency of all orders").fill("EUR");
  await expect(page.getByRole("row", { name: "#7" })).toContainText("€1,234.50");
  await page.getByRole("button", { name: "Import 1 order" }).click();
  await expect(page.getByText("1 new", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Show all orders" }).click();
  await expect(page.getByRole("link", { name: "#7" })).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByLabel("Export orders").click();
  await page.getByRole("link", { name: "Export as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("orders.csv");
});

test("a new order is written by hand and answered when a shopper asks for it", async ({ dashboard, merchant, storefront, watch }) => {
  watch.allow(/Failed to load resource.* 422 .*orders\/save/);
  const picture = "https://pictures.example.com/lamp.webp";
  watch.allow(/third-party request: https:\/\/pictures\.example\.com/);
  const drawn = (route: Route) => route.fulfill({ contentType: "image/svg+xml", body: "<svg xmlns='http://www.w3.org/2000/svg'/>" });
  const store = await merchant.createStore("Handmade", { chat: { enabled: true } });
  const page = await dashboard(`/stores/${store.id}/orders`);
  await page.route(picture, drawn);
  await page.locator(".page-actions").getByRole("link", { name: "New order" }).click();
  await expect(page.getByRole("heading", { name: "New order" })).toBeVisible();
  await page.getByLabel("Number", { exact: true }).fill("HM-77");
  await page.getByLabel("Status", { exact: true }).selectOption("Shipped");
  await page.getByLabel("Email").fill("jane@example.com");
  await page.getByLabel("Total").fill("42.00");
  await page.getByLabel("Currency").fill("EUR");
  await page.getByRole("button", { name: "Add item" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Paper lamp");
  await page.getByLabel("Picture").fill("http://pictures.example.com/lamp.webp");
  await page.getByRole("button", { name: "Add parcel" }).click();
  await page.getByLabel("Carrier").fill("DHL");
  await page.getByLabel("Tracking number").fill("0034");
  await page.getByLabel("Where it is").selectOption("Out for delivery");
  await page.getByLabel("Since").fill("2026-11-01T09:30");
  await page.getByRole("button", { name: "Create order" }).click();
  await expect(page.getByText("should have an address of up to")).toBeVisible();
  await expect(page.locator(".rows img")).toHaveCount(0);
  await page.getByLabel("Picture").fill(picture);
  await page.getByLabel("Picture").blur();
  await expect(page.locator(".rows img")).toHaveAttribute("src", picture);

  // Nothing is lost by going back.
  await page.goBack();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel("Carrier")).toHaveValue("DHL");
  await page.getByRole("button", { name: "Create order" }).click();
  await expect(page.getByRole("heading", { name: "Order #HM-77" })).toBeVisible();
  await expect(page.getByText("Out for delivery")).toBeVisible();
  await expect(page.locator(".order-picture img")).toHaveAttribute("src", picture);

  // As it was typed, in the zone of the browser.
  await page.getByRole("button", { name: "Edit" }).click();
  await expect(page.getByLabel("Since")).toHaveValue("2026-11-01T09:30");
  await page.getByRole("button", { name: "Remove this item" }).click();
  await page.getByRole("link", { name: "All orders" }).click();
  await question.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("link", { name: "#HM-77" })).toBeVisible();

  // Its number is its own.
  await page.locator(".page-actions").getByRole("link", { name: "New order" }).click();
  await expect(page.getByLabel("Currency")).toHaveValue("EUR");
  await page.getByLabel("Number", { exact: true }).fill("#hm-77");
  await page.getByLabel("Customer's name").fill("John Roe");
  await page.getByLabel("Total").fill("1.00");
  await page.getByRole("button", { name: "Create order" }).click();
  await expect(page.getByText("There is an order #HM-77 already.")).toBeVisible();
  await expect(page.getByLabel("Number", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Customer's name")).toHaveValue("John Roe");

  const chat = await storefront(store);
  await chat.open();
  await chat.ask("Where is my order #HM-77?");
  await expect(chat.ai.last()).toContainText("Out for delivery");
  await expect(chat.ai.last()).toContainText("Paper lamp");
});

test("a long list of orders is gone through page by page and searched", async ({ dashboard, merchant }) => {
  const store = await merchant.createStore("Many lamps");
  const page = await dashboard(`/stores/${store.id}/orders/import`);
  const row = (n: number) => {
    const [email, name] = n % 2 ? ["jane@example.com", "Jane Doe"] : ["john@example.com", "John Roe"];
    const at = `2026-11-01 ${String(8 + Math.floor(n / 60)).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}:00 +0000`;
    return `#${2000 + n},${email},paid,fulfilled,EUR,118.50,${at},1,Lamp,${name},\n`;
  };
  const rows = Array.from({ length: 130 }, (_, n) => row(n));
  await page.locator("#file").setInputFiles(csv(FILE.split("\n")[0] + "\n" + rows.join("")));
  await page.getByRole("button", { name: "Import 130 orders" }).click();
  await expect(page.getByText("130 new", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Show all orders" }).click();

  // The newest first, each once.
  const pager = page.getByRole("navigation", { name: "Pages" });
  const numbers = page.locator(".orders-table tbody tr").getByRole("link", { name: /^#\d+$/ });
  await expect(pager).toContainText("1–50 of 130");
  await expect(numbers).toHaveCount(50);
  await expect(numbers.first()).toHaveText("#2129");
  await expect(pager.getByRole("link", { name: "Newer" })).toHaveCount(0);
  await pager.getByRole("link", { name: "Older" }).click();
  await expect(pager).toContainText("51–100 of 130");
  await expect(numbers.first()).toHaveText("#2079");
  await pager.getByRole("link", { name: "Older" }).click();
  await expect(pager).toContainText("101–130 of 130");
  await expect(numbers.last()).toHaveText("#2000");
  await expect(pager.getByRole("link", { name: "Older" })).toHaveCount(0);
  // A page has an address of its own.
  await page.reload();
  await expect(pager).toContainText("101–130 of 130");
  await page.waitForLoadState("networkidle");
  await pager.getByRole("link", { name: "Newer" }).click();
  await expect(pager).toContainText("51–100 of 130");

  // A search begins with its own first page, and its pages go on with it.
  const search = page.getByRole("searchbox", { name: "Search orders" });
  await search.fill("jane doe");
  await expect(pager).toContainText("1–50 of 65");
  await expect(numbers.first()).toHaveText("#2129");
  await pager.getByRole("link", { name: "Older" }).click();
  await expect(pager).toContainText("51–65 of 65");
  await expect(search).toHaveValue("jane doe");
  await search.fill("#2077");
  await expect(numbers).toHaveText(["#2077"]);
  await expect(pager).toContainText("1–1 of 1");
  await search.fill("john@example.com");
  await expect(pager).toContainText("1–50 of 65");
  await expect(numbers.first()).toHaveText("#2128");
  await search.fill("nobody@example.com");
  await expect(page.getByText("Nothing was found for “nobody@example.com”.")).toBeVisible();
  await page.getByRole("link", { name: "Show all orders" }).click();
  await expect(pager).toContainText("1–50 of 130");
});
