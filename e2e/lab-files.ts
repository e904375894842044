import { createReadStream, statSync } from "node:fs";
import type { Resource } from "../demo/resource.ts";
import { type Content, readContent } from "./content.ts";
import { MEDIA_FOLDER } from "./site.ts";

/** `/files/disk.iso` of the lab's site. */
export const DISK: Content = { name: "disk", totalBytes: 40_000_000 };
/** `/files/large.iso`, for those who have the time. */
export const LARGE: Content = { name: "large", totalBytes: 100_000_000 };
/** `/files/film.mp4`: the demo's, a minute of it. */
export const FILM_FILE = `${MEDIA_FOLDER}/film.mp4`;

/** The file at this path of the lab's site. */
export function fileAt(path: string): Resource | undefined {
  const made = [DISK, LARGE].find(({ name }) => path === `/files/${name}.iso`);
  if (made !== undefined) {
    const open: Resource["open"] = (start, end) => readContent(made, start, end);
    return { ...common(made.name), type: "application/octet-stream", sizeBytes: made.totalBytes, open };
  }
  if (path !== "/files/film.mp4") return undefined;
  const open: Resource["open"] = (start, end) => createReadStream(FILM_FILE, { start, end: end - 1 });
  return { ...common("film"), type: "video/mp4", sizeBytes: statSync(FILM_FILE).size, open };
}

function common(name: string): Pick<Resource, "etag" | "modified" | "cacheControl"> {
  return { etag: `"${name}-1"`, modified: new Date(0), cacheControl: "public, max-age=60" };
}
