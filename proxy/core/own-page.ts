import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { HeaderList } from "../header-list.ts";
import { rawHead } from "./header-rules.ts";

/** What the proxy says in its own name: a status and one honest sentence or two, plain text. */
export interface OwnPage {
  readonly status: number;
  readonly text: string;
}

/** Answers with the page, as HTML if the client asks for that. Headers gone already: the connection is cut instead. */
export function sendOwnPage(req: IncomingMessage, res: ServerResponse, page: OwnPage, isLast: boolean): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const isHtml = (req.headers.accept ?? "").includes("text/html");
  const body = Buffer.from(isHtml ? html(page) : `${page.text}\n`);
  const headers = pageHeaders(isHtml ? "text/html" : "text/plain", body.length, page.status);
  if (isLast) headers.append("Connection", "close");
  res.writeHead(page.status, headers.toRaw());
  res.end(body);
}

/** The same on a socket that no ServerResponse owns; always the last on its connection. */
export function ownPageBytes(page: OwnPage): Buffer {
  const body = Buffer.from(`${page.text}\n`);
  const headers = pageHeaders("text/plain", body.length, page.status);
  headers.append("Connection", "close");
  return Buffer.concat([rawHead(`HTTP/1.1 ${page.status} ${reason(page.status)}`, headers), body]);
}

function pageHeaders(type: string, length: number, status: number): HeaderList {
  const headers = new HeaderList([
    ["Content-Type", `${type}; charset=utf-8`],
    ["Content-Length", String(length)],
    ["Cache-Control", "no-store"],
  ]);
  if (status === 405) headers.append("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  return headers;
}

function html(page: OwnPage): string {
  const title = `${page.status} ${reason(page.status)}`;
  const refresh = page.status >= 502 && page.status <= 504 ? '<meta http-equiv="refresh" content="5">' : "";
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8">${refresh}<title>${title}</title>` +
    `<body style="font:1.1em/1.5 system-ui,sans-serif;max-width:36em;margin:15vh auto;padding:0 1em">` +
    `<h1>${title}</h1><p>${page.text}</p></body></html>\n`
  );
}

function reason(status: number): string {
  return STATUS_CODES[status] ?? "Error";
}
