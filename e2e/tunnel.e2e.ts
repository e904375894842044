import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { addDefaultRoute, addNamespace, joinNamespaces, type Namespace, namespacesMissing } from "../testing/netns.ts";
import { openSshTunnel, type SshTunnel, sshMissing } from "../testing/ssh-tunnel.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { digestOf, readContent } from "./content.ts";
import { download, stats } from "./in-page.ts";
import { startSiteInside, startTuber } from "./programs.ts";
import { newVisitor, tabOf } from "./tab.ts";
import { waitForLink } from "./visit.ts";

const FILE = { name: "tunnelled", totalBytes: 25_000_000 };
const PUBLIC_URL = "http://10.80.0.1:8080";
/** The page as the site sends it; all else that crosses the tunnel is Tuber's. */
const PAGE = "<title>Home</title><p>Served from a cupboard";

test("a viewer's 25 MB cost a tunnel at most 150 KB and the page", {
  skip: namespacesMissing() ?? chromiumMissing() ?? sshMissing(),
  timeout: 120_000,
}, async (t) => {
  const undo = undoAfter(t);
  const { tunnel, viewer } = await publishHome(undo);
  const browser = await launchChromium(undo, { namespace: viewer, secureOrigins: [PUBLIC_URL] });
  const digest = await digestOf(readContent(FILE, 0, FILE.totalBytes));
  for (const visitor of ["the first", "the second"]) {
    const before = await tunnel.bytes();
    const tab = tabOf(await newVisitor(undo, browser));
    await tab.open(`${PUBLIC_URL}/`);
    await waitForLink(tab);
    const got = await tab.evaluate(download, { url: "/film.mp4" });
    assert.deepEqual([got.bytes, got.digest, got.error], [FILE.totalBytes, digest, ""]);
    const after = await tunnel.bytes();
    const [up, down] = [after.fromHome - before.fromHome, after.toHome - before.toHome];
    t.diagnostic(`${visitor} viewer: ${up} bytes through the tunnel from home, ${down} to home`);
    t.diagnostic(JSON.stringify((await tab.evaluate(stats, null)).bytes));
    assert.ok(up + down <= 150_000 + PAGE.length, `${up + down} bytes`);
    await tab.close();
  }
});

/**
 * viewer – relay (public, sshd) – home: HTTP goes through `ssh -R` only. Viewer and home share a second network for UDP, as
 * they would the internet; the site listens on home's loopback.
 */
async function publishHome(undo: Undo): Promise<{ tunnel: SshTunnel; viewer: Namespace }> {
  const viewer = await addNamespace(undo, "viewer");
  const relay = await addNamespace(undo, "relay");
  const home = await addNamespace(undo, "home");
  await joinNamespaces(viewer, "10.80.0.2/24", relay, "10.80.0.1/24");
  await joinNamespaces(home, "10.81.0.2/24", relay, "10.81.0.1/24");
  await joinNamespaces(viewer, "10.82.0.2/24", home, "10.82.0.1/24");
  await addDefaultRoute(viewer, "10.80.0.1");
  await addDefaultRoute(home, "10.81.0.1");
  const upstream = await startSiteInside(undo, home, { pages: { "/": PAGE }, files: { "/film.mp4": FILE } });
  const listen = { targetHost: "127.0.0.1", targetPort: 8080 };
  await startTuber(undo, { upstream, namespace: home, listen: `127.0.0.1:${listen.targetPort}` });
  const publicEnd = { publicHost: "10.80.0.1", publicPort: 8080, relayHost: "10.81.0.1", sshPort: 2222 };
  return { tunnel: await openSshTunnel(undo, { relay, home, ...publicEnd, ...listen }), viewer };
}
