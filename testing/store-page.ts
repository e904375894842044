import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ownLinkPage } from "./link-page.ts";
import type { Undo } from "./undo.ts";

/** A worker that keeps contents as ours does, with the built modules; it does what it is told. */
const WORKER = `
import { BrowserFolder } from "/dist/client/worker/store/folder.js";
import { Stores } from "/dist/client/worker/store/stores.js";
const clock = { nowMs: () => performance.now(), after: (ms, run) => { const t = setTimeout(run, ms); return () => clearTimeout(t); } };
const folder = new BrowserFolder();
const stores = new Stores(clock, folder);
const open = new Map();
const bytesOf = (piece, length) => Uint8Array.from({ length }, (_, i) => (piece * 31 + i) & 255);
const does = {
  open: async (content) => {
    const store = await stores.open(content);
    open.set(content, store);
    return { kind: store.constructor.name, capacityBytes: store.capacityBytes, pieces: [...store.pieces()].sort((a, b) => a - b) };
  },
  put: async (content, piece, length) => open.get(content).put(piece, bytesOf(piece, length)),
  isRight: async (content, piece, length) => {
    const got = open.get(content).get(piece);
    return got !== undefined && got.length === length && bytesOf(piece, length).every((byte, i) => byte === got[i]);
  },
  putManifest: async (content, page, length) => open.get(content).putManifest(page, bytesOf(page, length)),
  manifests: async (content) => [...open.get(content).manifests()].map((signed) => signed.length),
  close: async (content) => open.get(content).close(),
  list: async () => (await folder.list()).map(({ name, bytes, usedMs }) => ({ name, bytes, isRecent: Date.now() - usedMs < 60_000 })),
};
onmessage = ({ data: [id, what, ...rest] }) =>
  does[what](...rest).then((value) => postMessage([id, value]), (error) => postMessage([id, "error: " + error]));
postMessage([0, "ready"]);
`;

const PAGE = `<!doctype html><title>store</title><script>
const worker = new Worker("/worker.js", { type: "module" });
const waiting = new Map();
const heard = (id) => new Promise((done) => waiting.set(id, done));
const ready = heard(0);
let calls = 0;
worker.onmessage = ({ data: [id, value] }) => waiting.get(id)(value);
window.call = async (...order) => {
  await ready;
  calls += 1;
  const id = calls;
  worker.postMessage([id, ...order]);
  return heard(id);
};
</script>`;

/** A site whose page has a worker with a store; answers its address. In the page, \`call("open", content)\` and the like. */
export async function storeSite(undo: Undo): Promise<string> {
  const server = createServer((req, res) => {
    if (req.url === "/worker.js") res.setHeader("content-type", "text/javascript").end(WORKER);
    else if (req.url === "/") res.setHeader("content-type", "text/html").end(PAGE);
    else if (!ownLinkPage(req, res)) res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
