import { MAX_MANIFEST_HEAD_BYTES, type ManifestHead } from "../../protocol/manifest.ts";
import type { HeaderList } from "../header-list.ts";

/** Of one transfer or one connection, not of the content; a viewer's browser would act on some of them, or take them for its own. */
const LEFT_OUT = new Set([
  "age",
  "alt-svc",
  "content-encoding",
  "date",
  "nel",
  "report-to",
  "reporting-endpoints",
  "server-timing",
  "set-cookie",
  "strict-transport-security",
  "tuber-hops",
]);

/** The app's answer to a stranger, without its body, as every viewer will get it; undefined if it is too long for a manifest. */
export function manifestHead(answer: {
  readonly statusText: string;
  readonly headers: HeaderList;
}): ManifestHead | undefined {
  const headers = answer.headers.entries().filter(([name]) => !LEFT_OUT.has(name.toLowerCase()));
  const head: ManifestHead = { status: 200, statusText: answer.statusText, headers };
  return Buffer.byteLength(JSON.stringify(head)) > MAX_MANIFEST_HEAD_BYTES ? undefined : head;
}
