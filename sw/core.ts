// Loaded on line 1 of the app's own service worker: answers media before it, touches nothing else of it.
import { start } from "./start.ts";

const loaded = Symbol.for("tuber");
if (!(loaded in self)) {
  Object.defineProperty(self, loaded, { value: true });
  start({ standalone: false });
}
