import { get } from "node:http";
import type { Endpoint } from "../node/config-values.ts";

/** Longer than this is not healthy. */
const HEALTH_TIMEOUT_MS = 3_000;

/** Whether the Tuber with this admin address says that it is healthy. */
export function isHealthy(admin: Endpoint): Promise<boolean> {
  const host = isWildcard(admin.host) ? "127.0.0.1" : admin.host;
  return new Promise((resolve) => {
    const request = get({ host, port: admin.port, path: "/healthz", timeout: HEALTH_TIMEOUT_MS }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.on("close", () => resolve(false));
  });
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
