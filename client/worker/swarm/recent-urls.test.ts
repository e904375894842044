import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentUrls } from "./recent-urls.ts";

test("what follows the newest URL is expected, not what lies between or before", () => {
  const urls = new RecentUrls();
  assert.equal(urls.expects("/live/5.ts"), false);
  urls.asked("/live/5.ts");
  urls.asked("/live/3.ts");
  assert.equal(urls.expects("/live/6.ts"), true);
  assert.equal(urls.expects("/live/4.ts"), false);
  assert.equal(urls.expects("/other/6.ts"), false);
});

test("segments and their parts are told apart, and only so many kinds are remembered", () => {
  const urls = new RecentUrls();
  urls.asked("/live/5.ts");
  urls.asked("/live/5.part2.ts");
  assert.ok(urls.expects("/live/6.ts") && urls.expects("/live/5.part3.ts"));
  for (const letter of "abcdefgh") urls.asked(`/${letter}/1.ts`);
  assert.equal(urls.expects("/live/6.ts"), false);
});
