// `npm run image`: tries the Dockerfile without a container engine, in a fresh folder. Installs packages, so it needs a network.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tryImage } from "./image.ts";

const folder = mkdtempSync(join(tmpdir(), "tuber-image-"));
try {
  await tryImage(fileURLToPath(new URL("../..", import.meta.url)), folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
