import assert from "node:assert/strict";
import test from "node:test";
import { TuberError } from "../node/error.ts";
import { parseCommand } from "./args.ts";

function parse(line: string) {
  return parseCommand(line.split(" ").filter((word) => word !== ""));
}

function refusal(line: string): string {
  try {
    parse(line);
  } catch (error) {
    assert.ok(error instanceof TuberError);
    assert.equal(error.code, "config-invalid");
    return error.message;
  }
  throw new assert.AssertionError({ message: `not refused: ${line}` });
}

test("without a verb, tuber is tuber proxy", () => {
  const expected = { type: "run", verb: "proxy", flags: { upstream: "http://a" }, configPath: undefined };
  assert.deepEqual(parse("--upstream http://a"), expected);
  assert.deepEqual(parse("proxy --upstream=http://a"), expected);
  assert.deepEqual(parse("--upstream http://a proxy"), expected);
});

test("flags become settings, lists may be repeated", () => {
  const command = parse("uninstall-sw --udp-port 1 --stun a --stun b --config x.yaml");
  assert.deepEqual(command, {
    type: "run",
    verb: "uninstall-sw",
    flags: { udpPort: "1", stun: ["a", "b"] },
    configPath: "x.yaml",
  });
});

test("help and version win over everything but nonsense", () => {
  assert.deepEqual(parse("--help"), { type: "help", verb: undefined });
  assert.deepEqual(parse("-h"), { type: "help", verb: undefined });
  assert.deepEqual(parse("demo --help --udp-port 1"), { type: "help", verb: "demo" });
  assert.deepEqual(parse("help demo"), { type: "help", verb: "demo" });
  assert.deepEqual(parse("--version"), { type: "version" });
});

test("an unknown flag or verb is refused with the one that was meant", () => {
  assert.equal(refusal("--upstrem http://a"), "Unknown flag --upstrem; did you mean --upstream?");
  assert.equal(refusal("--udpPort 1"), "Unknown flag --udpPort; did you mean --udp-port?");
  assert.equal(refusal("--colour red"), "Unknown flag --colour; tuber --help lists all flags.");
  assert.equal(refusal("-x"), "Unknown flag -x; tuber --help lists all flags.");
  assert.equal(refusal("prxoy"), 'There is no "tuber prxoy"; did you mean "tuber proxy"?');
  assert.equal(refusal("dance"), 'There is no "tuber dance"; tuber --help lists what there is.');
});

test("a site in the verb's place is told where it belongs", () => {
  assert.equal(
    refusal("localhost:8096"),
    '"localhost:8096" looks like a site; try tuber --upstream http://localhost:8096.',
  );
  assert.equal(refusal("https://a"), '"https://a" looks like a site; try tuber --upstream https://a.');
});

test("a flag without a value, twice, or a word too many is refused", () => {
  for (const line of ["--listen", "--listen --admin 1", "--listen=", "--config"])
    assert.match(refusal(line), /needs a value; try --/);
  assert.match(refusal("--listen 1 --listen 2"), /^--listen is given twice/);
  assert.match(refusal("proxy again"), /^"again" is one word too many/);
});
