// Shows what the desk tells while none of its pages is open. It keeps no pages and answers no
// requests: all of them come from the server.

const API = "/api/app/account/push";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function show(data) {
  let told = {};
  try {
    told = data.json();
  } catch {
    // What can't be read is told of all the same: browsers punish silence.
  }
  const url = typeof told.url === "string" && /^\/(?!\/)/.test(told.url) ? told.url : "/";
  // Also while a page is looked at: a browser may end the subscription of whoever is silent.
  await self.registration.showNotification(told.title || "Shopdesk has news", {
    body: told.body || "",
    tag: told.tag || "shopdesk",
    icon: "/icons/192.png",
    data: { url },
  });
}

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));

// A window of its own: an open page may show something else by now, with something being written.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.url ?? "/"));
});

const ask = (what, body = new URLSearchParams()) =>
  fetch(`${API}/${what}`, { method: "POST", credentials: "same-origin", headers: { accept: "application/json" }, body });

/** Tells the server where this browser is reached. It refuses if nobody is signed in. */
async function tell(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  await ask("subscribe", new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth }));
}

/** Subscribes anew, by the server's key of today: what was before may have ended. */
async function renew() {
  const old = await self.registration.pushManager.getSubscription();
  const answer = old && (await ask("key"));
  if (!answer?.ok) return;
  const applicationServerKey = await answer.json();
  await old.unsubscribe();
  await tell(await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
}

// Who has signed in again is told again: the page asks for it.
self.addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(renew());
});

// The push service has given the browser another address, or none any more.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(event.newSubscription ? tell(event.newSubscription) : renew());
});
