import { once } from "node:events";
import type { Server } from "node:http";
import type { Endpoint } from "../node/config-values.ts";

/** Listens, and answers where: a URL a person can open. Rejects with the system's error, such as EADDRINUSE. */
export async function listen(server: Server, endpoint: Endpoint): Promise<string> {
  server.listen(endpoint.port, endpoint.host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : endpoint.port;
  return `http://${hostOf(endpoint.host)}:${port}/`;
}

/** All addresses of a machine are no place to point a browser at. */
function hostOf(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
