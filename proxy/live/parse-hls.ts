import { type Manifest, Parser } from "m3u8-parser";

/** What an HLS playlist says; undefined if the parser cannot read it. */
export function parseHls(text: string): Manifest | undefined {
  try {
    const parser = new Parser();
    parser.push(text);
    parser.end();
    return parser.manifest;
  } catch {
    return undefined;
  }
}
