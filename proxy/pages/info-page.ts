import { SWITCH_PATH } from "../../protocol/paths.ts";

/** `/__tuber/`: what a visitor who wonders should know. */
export const INFO_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tuber on this site</title>
<style>
body { max-width: 38rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; color: #1b2a24 }
h1 { font-size: 1.4rem }
</style>
<h1>This site delivers its media with Tuber</h1>
<p>Pages come to you as on any site. Video, audio and large downloads come over a direct, encrypted WebRTC connection from the
site's own machine, so that they need not take the long way through its tunnel, or from other viewers.</p>
<p>Viewers of the same public stream, film or download pass its pieces on to each other, so that the site can stay a small machine: then your
browser uploads too, at most a few times what it takes, and the viewers it is connected to see its network address, as it sees theirs. Nothing but the content itself
travels there, and every piece is checked against the site's signature. Where a direct connection is not possible, everything comes
the usual way.</p>
<p><label><input type="checkbox" id="sharing" checked disabled> Pass pieces on to other viewers of this site</label></p>
<p>Switched off, your browser sends nothing to other viewers; it may still receive from them. On mobile data, with data saving on,
on a low battery and in a tab that nobody looks at, nothing is passed on anyway.</p>
<p>A browser that has passed pieces on keeps a random number with this site's data for 30 days, and shows it to this site's machine alone
on its next visit, which remembers how well, how fast and for how long it helped: no address, no page and nothing you watched. Switch
passing on off, or delete this site's data, and the number is gone; a browser that asks not to be tracked (Global Privacy Control) has none.</p>
<script src="${SWITCH_PATH}"></script>
<p>Add <code>?tuber</code> to a page's address to see where its media came from.</p>
</html>
`;
