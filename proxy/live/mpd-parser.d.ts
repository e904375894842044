// The part of mpd-parser that we use; it brings no types of its own.
declare module "mpd-parser" {
  /** One representation before its segments are counted out. Times in seconds but where said. */
  export interface RepresentationInfo {
    readonly attributes: Record<string, unknown>;
    readonly segmentInfo: {
      readonly template?: { readonly timescale?: number; readonly duration?: number; readonly endNumber?: unknown };
      readonly list?: {
        readonly timescale?: number;
        readonly duration?: number;
        readonly endNumber?: unknown;
        readonly segmentUrls?: readonly unknown[];
      };
      readonly segmentTimeline?: readonly { readonly t?: number; readonly d?: number; readonly r?: number }[];
    };
  }
  export interface Playlist {
    readonly attributes: Record<string, unknown>;
    readonly segments: readonly {
      readonly uri?: string;
      readonly resolvedUri?: string;
      readonly presentationTime?: number;
      readonly duration?: number;
      readonly byterange?: unknown;
    }[];
  }
  /** `mpd` is the root element; `NOW` in ms since 1970. */
  export function inheritAttributes(
    mpd: unknown,
    options: { readonly manifestUri: string; readonly NOW: number; eventHandler(event: unknown): void },
  ): { readonly representationInfo: RepresentationInfo[] };
  export function toPlaylists(representations: readonly RepresentationInfo[]): Playlist[];
}
