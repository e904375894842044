// The test's site as a program of its own, for namespaces: `node site-main.js '{"pages":{…},"files":{…}}'`; prints its URL.
import type { Content } from "./content.ts";
import { startSite } from "./site.ts";

/** What the one argument says. */
export interface SiteSpec {
  readonly pages: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, Content>>;
}

const { pages, files } = JSON.parse(process.argv[2] ?? "") as SiteSpec;
const site = await startSite(() => undefined);
for (const [path, page] of Object.entries(pages)) site.pages.set(path, page);
for (const [path, content] of Object.entries(files)) site.files.set(path, content);
process.stdout.write(`${JSON.stringify({ url: site.url })}\n`);
