/** What `tuber demo` says once it runs. */
export function demoText(url: string, siteUrl: string): string {
  const page = (path: string) => new URL(path, url).href;
  return `
  A sample site is running through Tuber:  ${url}

  Try:
    ${page("film.html?tuber")}   a film, and a panel that shows where its bytes came from
    ${page("live.html?tuber")}   a live test card with a clock
    ${page("vod.html?tuber")}    HLS on demand (dash.html: DASH, song.html: audio)
    ${url}             the front page, with a download of 200 MB

  The same site without Tuber:  ${siteUrl}
  Your own site:                npm start -- --upstream http://localhost:8096
  Ctrl-C ends it.

`;
}
