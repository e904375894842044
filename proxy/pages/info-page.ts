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
site's own machine, so that they need not take the long way through its tunnel.</p>
<p>Your browser uploads nothing, and no other visitor learns your address; the site's own machine sees it, as any web server
does. Where a direct connection is not possible, everything comes the usual way.</p>
<p>Add <code>?tuber</code> to a page's address to see where its media came from.</p>
</html>
`;
