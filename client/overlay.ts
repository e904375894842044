import type { Stats } from "./status.ts";

const REFRESH_MS = 500;

/** The little panel of `?tuber`: where this page's media bytes came from. Styled by script, which no style policy forbids. */
export function showOverlay(stats: () => Stats): void {
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "closed" });
  const panel = document.createElement("pre");
  Object.assign(panel.style, {
    position: "fixed",
    right: "12px",
    bottom: "12px",
    zIndex: "2147483647",
    margin: "0",
    padding: "10px 14px",
    font: "12px/1.5 monospace",
    color: "#e8f5e9",
    background: "#101c18eb",
    borderRadius: "8px",
    boxShadow: "0 4px 16px #0005",
    pointerEvents: "none",
    whiteSpace: "pre-wrap",
    maxWidth: "340px",
  } satisfies Partial<CSSStyleDeclaration>);
  shadow.append(panel);
  const draw = (): void => {
    panel.textContent = describe(stats());
    if (!host.isConnected) document.body?.append(host);
  };
  setInterval(draw, REFRESH_MS);
  draw();
}

function describe(stats: Stats): string {
  const { http, origin, viewer, store, uploaded } = stats.bytes;
  const all = http + origin + viewer + store;
  const share = all === 0 ? "" : `  ${Math.round((100 * (all - http)) / all)} % direct`;
  const viewers = Math.max(0, stats.links - 1);
  const lines = [
    `tuber${share}`,
    `direct link  ${mebibytes(origin)}`,
    `viewers      ${mebibytes(viewer)}`,
    `kept here    ${mebibytes(store)}`,
    `plain HTTP   ${mebibytes(http)}`,
    `uploaded     ${mebibytes(uploaded)}`,
    stats.links === 0 ? "no link" : `linked to the site and ${viewers} viewers`,
    stats.why,
  ];
  return lines.join("\n");
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`.padStart(11);
}
