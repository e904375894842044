// What `tuber uninstall-sw` serves in the service worker's place: it removes every trace of Tuber from the browser.
import { scope } from "./scope.ts";

scope.addEventListener("install", () => void scope.skipWaiting());
scope.addEventListener("activate", (event) => event.waitUntil(remove()));

async function remove(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("tuber-")) await caches.delete(name);
  await scope.registration.unregister();
}
