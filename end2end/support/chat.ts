// The chat window as a shopper uses it.
import { expect, type Locator, type Page } from "@playwright/test";

export class Chat {
  readonly bubble: Locator;
  readonly window: Locator;
  readonly box: Locator;
  readonly log: Locator;
  /** The texts of the shopper's own messages, of the AI's, of the team's. */
  readonly own: Locator;
  readonly ai: Locator;
  readonly agent: Locator;
  /** How far each message of the shopper got. */
  readonly deliveries: Locator;

  constructor(readonly page: Page) {
    this.bubble = page.getByRole("button", { name: /^Open chat/ });
    this.window = page.getByRole("dialog", { name: /^Chat with/ });
    this.box = this.window.getByRole("textbox", { name: "Your message" });
    this.log = this.window.getByRole("log");
    this.own = this.log.locator(".message.own .body");
    this.ai = this.log.locator(".message.ai:not(.typing) .body");
    this.agent = this.log.locator(".message.agent .body");
    this.deliveries = this.log.locator(".delivery");
  }

  async open() {
    await this.bubble.click();
    await expect(this.window).toBeVisible();
  }

  async send(text: string) {
    await this.box.fill(text);
    await this.box.press("Enter");
    await expect(this.box).toHaveValue("");
  }

  /** Asks, and waits for the AI's answer, which is the last one then. */
  async ask(question: string) {
    const before = await this.ai.count();
    await this.send(question);
    await expect(this.ai).toHaveCount(before + 1);
    return this.ai.last();
  }

  /** The label above the AI's last answer, or group of answers. */
  get aiLabel() {
    return this.log.locator(".message.ai .chip").last();
  }

  /** The server holds everything the shopper wrote. */
  async expectAllSent() {
    await expect(this.log.getByText(/^(Sending…|Not sent)/)).toHaveCount(0);
    await expect(this.deliveries.last()).toHaveText(/^(Sent|Seen)$/);
  }
}

/** Waits for a frame of the WebSocket whose address ends in `path`. Ask before what causes it. */
export function frameReceived(page: Page, path: string, fits: (frame: string) => boolean) {
  return new Promise<void>((resolve) => {
    page.on("websocket", (socket) => {
      if (!new URL(socket.url()).pathname.endsWith(path)) return;
      socket.on("framereceived", ({ payload }) => {
        if (fits(String(payload))) resolve();
      });
    });
  });
}
