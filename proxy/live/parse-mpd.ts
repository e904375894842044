import { DOMParser } from "@xmldom/xmldom";
import { inheritAttributes, type RepresentationInfo } from "mpd-parser";
import type { PlaylistPlace } from "./segment-target.ts";

/** A manifest of ten renditions with an hour of segments each is shorter; one of 2 MiB takes seconds (measured). */
const MAX_CHARS = 524_288;

/** The representations of a DASH manifest at `nowMs` (since 1970). None in what is too long or no manifest; throws at what is a broken one. */
export function representations(text: string, place: PlaylistPlace, nowMs: number): RepresentationInfo[] {
  if (text.length > MAX_CHARS || !text.includes("<MPD")) return [];
  const manifestUri = `http://${place.host}${place.target}`;
  return inheritAttributes(parseXml(text), { manifestUri, NOW: nowMs, eventHandler() {} }).representationInfo;
}

/** As mpd-parser's own, which would write every slip of the app's to the console. */
function parseXml(text: string): Element {
  const refuse = (message: unknown): never => {
    throw new Error(String(message));
  };
  const errorHandler = { warning() {}, error: refuse, fatalError: refuse };
  return new DOMParser({ errorHandler }).parseFromString(text, "application/xml").documentElement;
}
