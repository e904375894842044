import { RtcUnavailable } from "./rtc.ts";

/** Why a UDP port could not be had, in a sentence that says what to do. */
export function portError(udpPort: number, error: unknown): RtcUnavailable {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return code === "EADDRINUSE"
    ? new RtcUnavailable(`UDP port ${udpPort} is in use; choose another with --udp-port`)
    : new RtcUnavailable(`UDP port ${udpPort} cannot be opened (${code}); choose another with --udp-port`);
}
