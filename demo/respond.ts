import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import parseRange from "range-parser";
import type { Resource } from "./resource.ts";

/** Answers GET and HEAD with a resource: conditional requests, single byte ranges, nothing clever. */
export function respond(req: IncomingMessage, res: ServerResponse, resource: Resource): void {
  const headers = headersOf(resource);
  if (isUnchanged(req.headers, resource)) {
    res.writeHead(304, headers).end();
    return;
  }
  const range = rangeOf(req.headers, resource);
  if (range === "unsatisfiable") {
    res.writeHead(416, { ...headers, "content-range": `bytes */${resource.sizeBytes}`, "content-length": 0 }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: resource.sizeBytes };
  res.writeHead(range ? 206 : 200, {
    ...headers,
    "content-type": resource.type,
    "content-length": end - start,
    ...resource.headers,
    ...(range && { "content-range": `bytes ${start}-${end - 1}/${resource.sizeBytes}` }),
  });
  if (req.method === "HEAD" || start === end) {
    res.end();
    return;
  }
  // A viewer who leaves in the middle is no fault: pipeline ends both sides and that is all there is to do.
  pipeline(resource.open(start, end), res, () => undefined);
}

/** A short plain answer, for what is not there or not allowed. */
export function respondText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(text) });
  res.end(text);
}

function headersOf(resource: Resource): Record<string, string> {
  return {
    etag: resource.etag,
    "last-modified": resource.modified.toUTCString(),
    "cache-control": resource.cacheControl,
    "accept-ranges": "bytes",
  };
}

function isUnchanged(headers: IncomingHttpHeaders, resource: Resource): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined) return tags.trim() === "*" || tags.split(",").some((tag) => isSameTag(tag, resource.etag));
  return isNotNewer(resource, headers["if-modified-since"]);
}

/** The range asked for as `[start, end)`; undefined for the whole, also for several ranges, which no player asks for. */
function rangeOf(
  headers: IncomingHttpHeaders,
  resource: Resource,
): { start: number; end: number } | "unsatisfiable" | undefined {
  if (headers.range === undefined || !isSameVersion(headers["if-range"], resource)) return undefined;
  const ranges = parseRange(resource.sizeBytes, headers.range);
  if (ranges === -1) return "unsatisfiable";
  if (ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1) return undefined;
  const [range] = ranges;
  return range && { start: range.start, end: range.end + 1 };
}

function isSameVersion(ifRange: string | string[] | undefined, resource: Resource): boolean {
  if (typeof ifRange !== "string") return true;
  return ifRange.includes('"') ? ifRange === resource.etag : ifRange === resource.modified.toUTCString();
}

function isSameTag(candidate: string, etag: string): boolean {
  return candidate.trim().replace(/^W\//, "") === etag;
}

function isNotNewer(resource: Resource, since: string | undefined): boolean {
  if (since === undefined) return false;
  const sinceMs = Date.parse(since);
  return Number.isFinite(sinceMs) && Math.floor(resource.modified.getTime() / 1000) * 1000 <= sinceMs;
}
