// What must not happen on any page of any test: an error in the console, an uncaught exception, a
// request to another site, or one that breaks the page's Content-Security-Policy (browsers report
// that in the console).
import type { BrowserContext } from "@playwright/test";

export class Watch {
  readonly problems: string[] = [];
  /** What the browser says of a page that is left while it connects. */
  private readonly allowed = [/WebSocket is closed before the connection is established/];

  /** Expected in this test: a message of the console, or an address that is requested. */
  allow(pattern: RegExp) {
    this.allowed.push(pattern);
  }

  follow(context: BrowserContext, hosts: string[]) {
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.note(`exception: ${error.error().stack}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && !hosts.includes(url.host)) {
        this.note(`third-party request: ${request.url()}`);
      }
    });
  }

  private note(problem: string) {
    this.problems.push(problem);
  }

  /** The problems that no test has allowed. */
  unexpected() {
    return this.problems.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
  }
}
