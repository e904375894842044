import type { IncomingMessage } from "node:http";
import type { Answer } from "../exchange.ts";
import { HeaderList } from "../header-list.ts";
import { areSendable, dropHopByHop, isSendableValue, rawValues } from "./header-rules.ts";

/** The app's answer in the form rules see, or undefined if it cannot be passed on truthfully. */
export function readAnswer(message: IncomingMessage): Answer | undefined {
  const headers = HeaderList.fromRaw(message.rawHeaders);
  const codings = rawValues(message.rawHeaders, "transfer-encoding");
  const statusText = message.statusMessage ?? "";
  const status = message.statusCode ?? 0;
  dropHopByHop(headers);
  if (codings.some((coding) => coding.toLowerCase() !== "chunked")) return undefined;
  if (status < 200 || status > 999 || !isSendableValue(statusText) || !areSendable(headers)) return undefined;
  if (codings.length > 0 || status === 204) headers.delete("content-length");
  return { status, statusText, headers, body: message };
}
