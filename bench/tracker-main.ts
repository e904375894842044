// The contender's tracker, as its authors ship it: `node tracker-main.js MODULE HOST:PORT`; prints its URL.
import { pathToFileURL } from "node:url";

/** As much of bittorrent-tracker as is used here. */
interface TrackerModule {
  readonly default: new (options: {
    udp: boolean;
    http: boolean;
    ws: boolean;
    stats: boolean;
  }) => {
    listen(port: number, host: string, onListening: () => void): void;
  };
}

const [module = "", listen = ""] = process.argv.slice(2);
const { default: Server } = (await import(pathToFileURL(module).href)) as TrackerModule;
const [host = "", port = ""] = listen.split(":");
new Server({ udp: false, http: false, ws: true, stats: false }).listen(Number(port), host, () =>
  process.stdout.write(`${JSON.stringify({ url: `ws://${listen}` })}\n`),
);
process.stdin.resume().on("end", () => process.exit(0));
