// Bundles the scripts that browsers load, and refuses one that is too big or reaches into a zone that is not its own.
import { mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** Where its sources may lie. */
  readonly zones: readonly string[];
  readonly packages: readonly string[];
  readonly maxGzipBytes: number;
  /** A module that another script imports. */
  readonly isModule?: boolean;
}

const SW = { zones: ["sw", "protocol"], packages: ["workbox-core"] };
const BUNDLES: readonly Bundle[] = [
  { name: "sw", entry: "sw/main.ts", ...SW, maxGzipBytes: 6_144 },
  { name: "core", entry: "sw/core.ts", ...SW, maxGzipBytes: 6_144 },
  { name: "killer", entry: "sw/killer.ts", ...SW, maxGzipBytes: 1_024 },
  // Page and worker together stay within 30 KB.
  { name: "client", entry: "client/main.ts", zones: ["client", "protocol"], packages: [], maxGzipBytes: 6_110 },
  {
    name: "switch",
    entry: "client/sharing-switch.ts",
    zones: ["client", "protocol"],
    packages: [],
    maxGzipBytes: 1_024,
  },
  {
    name: "worker",
    entry: "client/worker/main.ts",
    zones: ["client", "peer", "protocol"],
    packages: ["valibot"],
    maxGzipBytes: 24_610,
  },
  // What the worker loads when the first on-demand swarm is entered; a page without one never has it.
  {
    name: "demand",
    entry: "client/worker/demand/main.ts",
    zones: ["client", "peer", "protocol"],
    packages: [],
    maxGzipBytes: 14_336,
    isModule: true,
  },
];

async function bundle(spec: Bundle): Promise<void> {
  const result = await build({
    entryPoints: [spec.entry],
    bundle: true,
    minify: true,
    format: spec.isModule ? "esm" : "iife",
    target: "es2022",
    define: {
      "process.env.NODE_ENV": '"production"',
      "Number.POSITIVE_INFINITY": "Infinity",
      "Number.NEGATIVE_INFINITY": "-1e999",
    },
    legalComments: "none",
    metafile: true,
    write: false,
  });
  checkSources(spec, result.metafile);
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array();
  const gzipBytes = gzipSync(bytes, { level: 9 }).byteLength;
  if (gzipBytes > spec.maxGzipBytes) {
    throw new Error(`${spec.name}.js has ${gzipBytes} bytes gzipped; at most ${spec.maxGzipBytes} are allowed`);
  }
  await writeFile(`dist/browser/${spec.name}.js`, bytes);
  console.log(`${spec.name}.js ${bytes.byteLength} bytes, ${gzipBytes} gzipped`);
}

function checkSources(spec: Bundle, metafile: Metafile): void {
  const allowed = [...spec.zones.map((zone) => `${zone}/`), ...spec.packages.map((name) => `node_modules/${name}/`)];
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const paths = parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const strangers = paths.filter((path) => !allowed.some((start) => path.startsWith(start)));
  if (strangers.length > 0) throw new Error(`${spec.name}.js must not contain ${strangers.join(", ")}`);
}

await mkdir("dist/browser", { recursive: true });
for (const spec of BUNDLES) await bundle(spec);
