import { isIP } from "node:net";

/**
 * Whether an engine should see this candidate line: UDP and a literal address. Names (browsers' `….local` ones too) would let
 * strangers make us ask DNS; a peer that hides its address reaches ours, and is then seen from there.
 */
export function isUsableCandidate(line: string): boolean {
  const fields = line.replace(/^a=/, "").split(" ");
  const [foundation, , transport, , address, port, typ] = fields;
  return (
    foundation?.startsWith("candidate:") === true &&
    transport?.toLowerCase() === "udp" &&
    isIP(address ?? "") !== 0 &&
    /^\d{1,5}$/.test(port ?? "") &&
    typ === "typ"
  );
}

/** The offer without the candidates {@link isUsableCandidate} refuses. */
export function withoutForeignCandidates(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("a=candidate:") || isUsableCandidate(line))
    .join("\r\n");
}
