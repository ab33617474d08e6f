// Shows what the desk tells while none of its pages is open. It keeps no pages and answers no
// requests: all of them come from the server.

const SUBSCRIBE = "/api/app/account/push/subscribe";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

/** The store that a page is about, such as `/stores/7/`; nothing for other pages. */
const storeOf = (path) => /^\/stores\/[^/]+(?=\/|$)/.exec(path)?.[0];

async function show(data) {
  let told = {};
  try {
    told = data.json();
  } catch {
    // What can't be read is told of all the same: browsers punish silence.
  }
  const url = typeof told.url === "string" && told.url.startsWith("/") ? told.url : "/";
  // A page of this store that is looked at says so itself.
  const open = await windows();
  const store = storeOf(url);
  if (store && open.some((page) => page.visibilityState === "visible" && storeOf(new URL(page.url).pathname) === store)) {
    return;
  }
  await self.registration.showNotification(told.title || "Shopdesk has news", {
    body: told.body || "",
    tag: told.tag || "shopdesk",
    icon: "/icons/192.png",
    data: { url },
  });
}

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));

/** Leads there, but never takes a page away from what is being written in it. */
async function lead(url) {
  const open = await windows();
  const there = open.find((page) => new URL(page.url).pathname === url.split("?")[0]);
  if (there) await there.focus();
  else await self.clients.openWindow(url);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data?.url ?? "/"));
});

/** Tells the server where this browser is reached. It refuses if nobody is signed in. */
async function tell(subscription) {
  if (!subscription) return;
  const { endpoint, keys } = subscription.toJSON();
  await fetch(SUBSCRIBE, {
    method: "POST",
    credentials: "same-origin",
    body: new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
}

// Who has signed in again is told again: the page asks for it.
self.addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(self.registration.pushManager.getSubscription().then(tell));
});

// The push service has given the browser another address.
self.addEventListener("pushsubscriptionchange", (event) => {
  const again = () => self.registration.pushManager.subscribe(event.oldSubscription.options);
  const renewed = event.newSubscription ? Promise.resolve(event.newSubscription) : event.oldSubscription ? again() : undefined;
  if (renewed) event.waitUntil(renewed.then(tell));
});
