import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Child } from "./child.ts";
import { freeTcpPort } from "./free-port.ts";
import { inside, type Namespace } from "./netns.ts";
import { tempDir } from "./temp-dir.ts";
import type { Undo } from "./undo.ts";
import { until } from "./until.ts";

const NGINX = "/usr/sbin/nginx";

/** Why there is no nginx to test with, or undefined if there is; fits node:test's `skip`. */
export function nginxMissing(): string | undefined {
  return existsSync(NGINX) ? undefined : `${NGINX} is missing (Debian: apt-get install nginx-light)`;
}

export interface Nginx {
  readonly url: string;
}

/** nginx as Debian ships it, serving the files of `root` on loopback. Ended after the test. */
export async function startNginx(undo: Undo, root: string, namespace?: Namespace): Promise<Nginx> {
  const folder = tempDir(undo);
  mkdirSync(join(folder, "body"));
  const port = await freeTcpPort();
  const config = join(folder, "nginx.conf");
  writeFileSync(config, configText(folder, root, port));
  const [command, args] = inside(namespace, NGINX, ["-e", "stderr", "-p", folder, "-c", config]);
  const child = new Child({ command, args });
  undo(() => child.end("SIGQUIT"));
  if (!namespace) await until(() => accepts(port), `nginx listens: ${child.tail()}`);
  return { url: `http://127.0.0.1:${port}` };
}

function configText(folder: string, root: string, port: number): string {
  return `
daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn; ${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 512; }
http {
  access_log off; sendfile on; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/body; uwsgi_temp_path ${folder}/body; scgi_temp_path ${folder}/body;
  types {
    text/html html; text/javascript js; video/mp4 mp4 m4s; audio/mp4 m4a; audio/mpeg mp3; application/dash+xml mpd;
    application/vnd.apple.mpegurl m3u8; video/mp2t ts; application/octet-stream bin;
  }
  server { listen 127.0.0.1:${port}; root ${root}; index index.html; }
}
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
