import assert from "node:assert/strict";
import { test } from "node:test";
import { OriginTime } from "../../../peer/swarm/origin-time.ts";
import { TestClock } from "../../../testing/clock.ts";
import { manifestOf } from "../../../testing/manifests.ts";
import { RecordingMember } from "../../../testing/recording-member.ts";
import { keyText } from "./catalogue.ts";
import { SwarmContent } from "./swarm-content.ts";

test("who is new has what has only begun to come of the swarm, once the planner has named parents", () => {
  const clock = new TestClock();
  let fed = false;
  const content = new SwarmContent({
    member: new RecordingMember(),
    clock,
    originTime: new OriginTime(clock),
    isFed: () => fed,
    onAnnounced() {},
  });
  const manifest = manifestOf(new Uint8Array(2_000), {
    head: { status: 200, statusText: "OK", headers: [["etag", '"1"']] },
  });
  content.onManifest(manifest, new Uint8Array(1), 0);
  assert.equal(content.find(keyText(manifest.urlKey)), undefined);
  fed = true;
  assert.equal(content.find(keyText(manifest.urlKey)), manifest);
});
