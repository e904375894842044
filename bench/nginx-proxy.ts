import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Child } from "../testing/child.ts";
import { freeTcpPort } from "../testing/free-port.ts";
import { tempDir } from "../testing/temp-dir.ts";
import type { Undo } from "../testing/undo.ts";
import { until } from "../testing/until.ts";

/** nginx as a reverse proxy: one worker, kept connections on both sides, no log. */
export async function startNginxProxy(undo: Undo, upstream: string): Promise<{ url: string; pid: number }> {
  const folder = tempDir(undo);
  mkdirSync(join(folder, "body"));
  const port = await freeTcpPort();
  writeFileSync(join(folder, "nginx.conf"), configText(folder, port, new URL(upstream).host));
  const args = ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")];
  const child = new Child({ command: "/usr/sbin/nginx", args });
  undo(() => child.end("SIGQUIT"));
  await until(() => accepts(port), "nginx listens");
  return { url: `http://127.0.0.1:${port}`, pid: child.process.pid ?? 0 };
}

function configText(folder: string, port: number, upstreamHost: string): string {
  return `
daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn; ${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 512; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/body; uwsgi_temp_path ${folder}/body; scgi_temp_path ${folder}/body;
  upstream app { server ${upstreamHost}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }
  }
}
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
