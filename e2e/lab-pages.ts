import { LOOP_SEGMENTS } from "../demo/live-playlist.ts";
import { CHANNEL_SEGMENT_MS } from "./broadcast.ts";
import { watch } from "./watch.ts";

/** Starts an hls.js; its segments are seen as its loader has them, because it gives them away to a worker at once. */
const HLS = `function play(list, hls) {
  const video = document.querySelector("video");
  const Loader = hls.config.fLoader ?? hls.config.loader;
  hls.config.fLoader = class extends Loader {
    load(context, config, callbacks) {
      const onSuccess = (response, ...more) => {
        seenSegment(context.url, response.data);
        callbacks.onSuccess(response, ...more);
      };
      super.load(context, config, { ...callbacks, onSuccess });
    }
  };
  hls.on("hlsManifestParsed", () => void video.play());
  hls.on("hlsLevelLoaded", (_, { details }) => seenPlaylist(details.m3u8));
  hls.on("hlsError", (_, { fatal, details, error }) => { if (fatal) watched.fault = details + ": " + error; });
  hls.loadSource(list);
  hls.attachMedia(video);
}`;

/** As {@link HLS}, with Shaka Player. */
const SHAKA = `async function play(list) {
  const video = document.querySelector("video");
  const { RequestType } = shaka.net.NetworkingEngine;
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  player.getNetworkingEngine().registerResponseFilter((type, { uri, data }) => {
    if (type === RequestType.SEGMENT) seenSegment(uri, data);
    if (type === RequestType.MANIFEST) seenPlaylist(new TextDecoder().decode(data));
  });
  await player.attach(video);
  await player.load(list);
  await video.play();
}`;

/**
 * The site's pages by their path. Players take their playlist from `?list=`; `/p2p` is the bench's contender, whose
 * `p2pHls()` must be at `/players/p2p.js`.
 */
export function labPages(): ReadonlyMap<string, string> {
  return new Map([
    ["/", "<!doctype html><title>The lab</title><p>A page"],
    ["/mp4", `<!doctype html><title>Film</title><video src="/files/film.mp4" muted autoplay></video>`],
    ["/hls", playerPage(["hls"], HLS, "play(list, window.hls = new Hls())")],
    ["/shaka", playerPage(["shaka"], SHAKA, "play(list).catch((fault) => { watched.fault = String(fault); })")],
    ["/p2p", playerPage(["p2p"], HLS, P2P)],
  ]);
}

const P2P = `const query = new URLSearchParams(location.search);
play(list, p2pHls(query.get("tracker"), query.has("near")))`;

function playerPage(scripts: readonly string[], play: string, run: string): string {
  const watching = `(${watch})(${JSON.stringify({ loopMs: LOOP_SEGMENTS * CHANNEL_SEGMENT_MS })});`;
  return `<!doctype html><title>Watch</title><link rel="icon" href="data:,"><video width="320" height="180" muted playsinline></video>
${scripts.map((name) => `<script src="/players/${name}.js"></script>`).join("\n")}
<script>
${watching}
${play}
const list = new URLSearchParams(location.search).get("list");
${run};
</script>
`;
}
