// What `tuber uninstall-sw` serves in the service worker's place: it removes every trace of Tuber from the browser that a service
// worker can reach (a few short keys in localStorage are out of its reach).
import { STORE_FOLDER } from "../protocol/paths.ts";
import { scope } from "./scope.ts";

// While it installs and never in charge: the old worker keeps the pages it has, because a player that began with its bytes
// dies in Chromium when the network's follow. Pages opened from now on have no service worker. (Nothing may wait for
// unregister() here: the browser does it when the installation is over.)
scope.addEventListener("install", remove);
scope.addEventListener("activate", remove);

function remove(event: ExtendableEvent): void {
  void scope.registration.unregister();
  event.waitUntil(Promise.all([removeCaches(), removeFolder()]));
}

async function removeCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("tuber-")) await caches.delete(name);
}

async function removeFolder(): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(STORE_FOLDER, { recursive: true });
  } catch {
    // There is none, or a page from before has files of it open.
  }
}
