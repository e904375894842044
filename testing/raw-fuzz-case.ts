/** A source of numbers in [0, 1) that gives the same row for the same seed. */
export type Random = () => number;

/** mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const METHODS =
  "GET GET HEAD POST POST PUT PATCH DELETE DELETE OPTIONS OPTIONS TRACE PROPFIND REPORT MKCOL FOO CONNECT".split(" ");
const VERSIONS = ["1.0", "1.0", "1.2", "2.0", "0.9"];
const HOSTS = [
  "Host: site.test",
  "Host: site.test",
  "Host: site.test",
  "",
  "Host: a\r\nHost: b",
  "Host: a b",
  "Host:",
  "Host: a/b@c",
];
const CODINGS = [
  "Chunked",
  "\tchunked",
  "chunked\v",
  "chunked\t",
  '"chunked"',
  "chunked;q=1",
  "gzip, chunked",
  "chunked, chunked",
  "chunked, identity",
  "identity",
  "xchunked",
  "chunked,",
  ",chunked",
  "",
  "\r\n chunked",
  "chunk\0ed",
];
const CODING_NAMES = [
  "transfer-encoding",
  "TRANSFER-ENCODING",
  "Transfer-Encoding ",
  "Transfer_Encoding",
  " Transfer-Encoding",
  "X: y\nTransfer-Encoding",
  "X: y\rTransfer-Encoding",
];
const LENGTH_NAMES = [
  "Content-Length",
  "Content-Length",
  "content-length",
  "Content-Length ",
  "Content_Length",
  "X: y\nContent-Length",
];
const CONNECTIONS = [
  "close",
  "keep-alive",
  "Transfer-Encoding",
  "Content-Length",
  "keep-alive, transfer-encoding",
  "content-length, transfer-encoding, te, close",
  "Upgrade",
  "Upgrade, HTTP2-Settings",
  "Host, X-Forwarded-For, Tuber-Hops",
  "Expect",
];
const HANDSHAKE =
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";
const EXTRAS = [
  "Expect: 100-continue",
  "Expect: 100-Continue, x",
  "Expect: nonsense",
  "Upgrade: websocket",
  HANDSHAKE,
  "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
  "Upgrade: websocket, h2c\r\nConnection: Upgrade",
  "Trailer: X-End",
  "TE: trailers, chunked",
  "Proxy-Connection: keep-alive",
  "X-Forwarded-For: 1.2.3.4\r\nX_Forwarded_For: 5.6.7.8",
  "Content-Disposition: attachment; filename=\xc3\xa4",
  "X-Odd: \x7f",
  "X-Long: y".padEnd(3_000, "y"),
  "Max-Forwards: 0",
];

/** One hostile connection: the slices a client writes, with a turn of the event loop between them. */
export interface FuzzCase {
  readonly slices: readonly Buffer[];
}

/** Some head, some body, and a second request hidden in it: `GET /smuggled-<id>`. Most cases are odd in one or two ways only: what is odd all over is refused unread. */
export function fuzzCase(random: Random, id: number): FuzzCase {
  const hidden = `GET /smuggled-${id} HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 0\r\n\r\n`;
  if (random() < 0.04) return { slices: slice(random, handshake(random, id, hidden)) };
  const isChunked = random() < 0.6;
  const body = isChunked ? chunks(random, hidden) : random() < 0.9 ? hidden : `0\r\n\r\n${hidden}`;
  const framing = framingLines(random, isChunked, body, hidden);
  const host = odd(random, 0.05, HOSTS, "Host: site.test");
  const lines = [requestLine(random, id), ...shuffle(random, [host, ...framing, ...extraLines(random)])];
  const eol = random() < 0.02 ? "\n" : "\r\n";
  const head = lines.filter((line) => line !== "").join(eol) + eol + eol;
  const behind = random() < 0.15 ? `GET /case-${id}-behind HTTP/1.1\r\nHost: site.test\r\n\r\n` : "";
  return { slices: slice(random, Buffer.from(head + body + behind, "latin1")) };
}

/** A WebSocket handshake with the hidden request right behind it, where an app that refuses would read it. */
function handshake(random: Random, id: number, hidden: string): Buffer {
  const first = `${odd(random, 0.1, METHODS, "GET")} /case-${id} HTTP/${odd(random, 0.1, VERSIONS, "1.1")}`;
  const lines = [first, "Host: site.test", HANDSHAKE, ...extraLines(random)];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${hidden}`, "latin1");
}

function requestLine(random: Random, id: number): string {
  const plain = `/case-${id}`;
  const targets = [`/${plain}/..%2f?a`, `${plain}?a b`, `http://evil.test${plain}`, "*", `${plain}#x`, "evil.test:80"];
  return `${pick(random, METHODS)} ${odd(random, 0.08, targets, plain)} HTTP/${odd(random, 0.08, VERSIONS, "1.1")}`;
}

function framingLines(random: Random, isChunked: boolean, body: string, hidden: string): string[] {
  const coding = () =>
    `${odd(random, 0.1, CODING_NAMES, "Transfer-Encoding")}: ${odd(random, 0.25, CODINGS, "chunked")}`;
  const length = () => `${odd(random, 0.1, LENGTH_NAMES, "Content-Length")}: ${fuzzLength(random, body, hidden)}`;
  const lines = [isChunked ? coding() : length()];
  if (random() < 0.06) lines.push(coding());
  if (random() < 0.06) lines.push(length());
  return lines;
}

function extraLines(random: Random): string[] {
  const lines: string[] = [];
  if (random() < 0.5) lines.push(`Connection: ${pick(random, CONNECTIONS)}`);
  if (random() < 0.35) lines.push(pick(random, EXTRAS));
  return lines;
}

function fuzzLength(random: Random, body: string, hidden: string): string {
  const n = body.length;
  const signed = [`+${n}`, `-${n}`, `0x${n.toString(16)}`, `${n}, ${n}`, `${n}.0`, `${n};`, "", `"${n}"`];
  const padded = [`0${n}`, `\t${n}`, `${n} `, `${n}\v`];
  const wrong = ["0", "18446744073709551617", String(n - hidden.length), String(n + 7), String(n - 3)];
  return odd(random, 0.25, [...signed, ...padded, ...wrong], String(n));
}

function chunks(random: Random, hidden: string): string {
  const size = hidden.length.toString(16);
  const spelled = [
    size.toUpperCase(),
    `0${size}`,
    `${size};a=b`,
    `${size};a="\n"`,
    `0x${size}`,
    ` ${size}`,
    `${size} `,
  ];
  const wrong = [`+${size}`, `1${size.padStart(16, "0")}`, `${size}\n`, `${size}\r`, `${size};${"x".repeat(20_000)}`];
  const lineEnd = odd(random, 0.08, ["\n", "\r", "\r\r\n", ""], "\r\n");
  const ends = [
    "0\r\nX-End: 1\r\n\r\n",
    "0\r\nContent-Length: 3\r\nHost: x\r\n\r\n",
    "0;\r\n\r\n",
    "00\r\n\r\n",
    "0\n\n",
    "",
    "0\r\n",
  ];
  return `${odd(random, 0.2, [...spelled, ...wrong], size)}\r\n${hidden}${lineEnd}${odd(random, 0.2, ends, "0\r\n\r\n")}`;
}

/** One of `strange` with this probability, `plain` otherwise. */
function odd(random: Random, probability: number, strange: readonly string[], plain: string): string {
  return random() < probability ? pick(random, strange) : plain;
}

function slice(random: Random, bytes: Buffer): Buffer[] {
  if (random() < 0.7) return [bytes];
  const at = Math.floor(random() * bytes.length);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

function shuffle<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
