// What `tuber uninstall-sw` serves in the service worker's place: it removes every trace of Tuber from the browser.
import { scope } from "./scope.ts";

// While it installs and never in charge: the old worker keeps the pages it has, because a player that began with its bytes
// dies in Chromium when the network's follow. Pages opened from now on have no service worker. (Nothing may wait for
// unregister() here: the browser does it when the installation is over.)
scope.addEventListener("install", remove);
scope.addEventListener("activate", remove);

function remove(event: ExtendableEvent): void {
  void scope.registration.unregister();
  event.waitUntil(removeCaches());
}

async function removeCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("tuber-")) await caches.delete(name);
}
