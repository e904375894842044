import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { lookup } from "mrmime";
import type { Resource } from "./resource.ts";

/** What the common list of types leaves out. */
const MORE_TYPES: Readonly<Record<string, string>> = { ".m3u8": "application/vnd.apple.mpegurl" };

/** The file that a URL path names below `root` (`/` means `index.html`), or undefined if there is none. */
export async function findSiteFile(root: string, urlPath: string): Promise<Resource | undefined> {
  const relative = decodePath(urlPath.endsWith("/") ? `${urlPath}index.html` : urlPath);
  if (relative === undefined) return undefined;
  return openFile(path.join(root, relative));
}

/** One file on disk as a resource, or undefined if it is not there. */
export async function openFile(file: string): Promise<Resource | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  return {
    type: typeOf(file),
    sizeBytes: found.size,
    etag: `"${found.size.toString(16)}-${Math.floor(found.mtimeMs).toString(16)}"`,
    modified: found.mtime,
    cacheControl: "no-cache",
    open: (start, end) => createReadStream(file, { start, end: end - 1 }),
  };
}

function typeOf(file: string): string {
  const type = MORE_TYPES[path.extname(file)] ?? lookup(file) ?? "application/octet-stream";
  return /^text\/|javascript$/.test(type) ? `${type}; charset=utf-8` : type;
}

/** The path below the root; undefined if it is malformed or would leave the root. */
function decodePath(urlPath: string): string | undefined {
  try {
    const decoded = path.posix.normalize(decodeURIComponent(urlPath));
    return decoded.includes("\0") || decoded.split("/").includes("..") ? undefined : decoded;
  } catch {
    return undefined;
  }
}
