import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse, serialize } from "parse5";
import { HTML_CORPUS, HTML_PIECES } from "../../testing/html-corpus.ts";
import { HtmlScanner } from "./html-scanner.ts";
import { InsertTag } from "./insert-tag.ts";
import { MAX_PREFIX_BYTES, type PrefixScanner } from "./prefix-scanner.ts";

type Element = DefaultTreeAdapterMap["element"];
type Node = DefaultTreeAdapterMap["node"];

const TAG = '<script src="/__tuber/0123456789ab/client.js"></script>';

/** The output for this document arriving in chunks that end at `cuts`. */
function inject(
  bytes: Buffer,
  cuts: readonly number[],
  scanner: PrefixScanner = new HtmlScanner({ needsProof: false }),
): Buffer {
  const stream = new InsertTag(scanner, TAG, () => {});
  const out: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => out.push(chunk));
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    stream.write(bytes.subarray(from, cut));
    from = cut;
  }
  stream.end();
  stream.read();
  return Buffer.concat(out);
}

function expected(html: string, after: string | undefined): string {
  if (after === undefined) return html;
  const at = html.indexOf(after) + after.length;
  return html.slice(0, at) + TAG + html.slice(at);
}

function elementsIn(node: Node): Element[] {
  const children = "childNodes" in node ? node.childNodes : [];
  return children.flatMap((child) => [
    ...(defaultTreeAdapter.isElementNode(child) ? [child] : []),
    ...elementsIn(child),
  ]);
}

function isOurs(element: Element): boolean {
  return element.tagName === "script" && element.attrs.some(({ value }) => value.startsWith("/__tuber/"));
}

/** The document as a browser would see it, and the same without our script. */
function read(bytes: Buffer) {
  const document = parse(new TextDecoder().decode(bytes));
  const elements = elementsIn(document);
  const head = elements.find((element) => element.tagName === "head");
  const firstInHead = head?.childNodes.find((node) => defaultTreeAdapter.isElementNode(node));
  const firstScript = elements.find((element) => element.tagName === "script");
  const ours = elements.filter(isOurs);
  for (const script of ours) defaultTreeAdapter.detachNode(script);
  return { ours, firstInHead, firstScript, hasContent: elements.length > 3, withoutOurs: serialize(document) };
}

describe("the html scanner", () => {
  for (const { name, html, after } of HTML_CORPUS) {
    test(`puts the tag in its place, however the document is split: ${name}`, () => {
      const bytes = Buffer.from(html);
      for (let cut = 0; cut <= bytes.length; cut++) {
        assert.equal(inject(bytes, [cut]).toString(), expected(html, after));
      }
      const everyByte = Array.from(bytes.keys());
      assert.equal(inject(bytes, everyByte).toString(), expected(html, after));
    });
  }

  test("makes our script the first element of the head, and changes nothing else a parser sees", () => {
    const documents = fc
      .array(fc.constantFrom(...HTML_PIECES), { maxLength: 14 })
      .map((pieces) => Buffer.from(pieces.join("")));
    const cuts = fc.array(fc.nat(120), { maxLength: 6 }).map((numbers) => numbers.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(documents, cuts, (bytes, numbers) => {
        const output = inject(
          bytes,
          numbers.filter((cut) => cut <= bytes.length),
        );
        const at = output.indexOf(TAG);
        const before = read(bytes);
        if (at < 0) {
          assert.deepEqual(output, bytes);
          assert.ok(!before.hasContent);
          return;
        }
        assert.deepEqual(Buffer.concat([output.subarray(0, at), output.subarray(at + TAG.length)]), bytes);
        const { ours, firstInHead, firstScript, withoutOurs } = read(output);
        assert.equal(ours.length, 1);
        assert.equal(firstInHead, ours[0]);
        assert.equal(firstScript, ours[0]);
        assert.equal(withoutOurs, before.withoutOurs);
      }),
      { numRuns: 3000 },
    );
  });

  test("lets go of every byte that no tag can come before", () => {
    const scanner = new HtmlScanner({ needsProof: false });
    assert.deepEqual(scanner.push(Buffer.from("<!doctype html><!-- half a com")), { kind: "more", safe: 30 });
    assert.deepEqual(scanner.push(Buffer.from("ment --><html a='")), { kind: "more", safe: 47 });
    assert.deepEqual(scanner.push(Buffer.from("'><hea")), { kind: "more", safe: 49 });
  });

  test("gives up after 64 KiB undecided", () => {
    // The scanner must have seen all of "<head>" within its limit.
    const document = (bytes: number) => Buffer.from(`<!--${"x".repeat(bytes - 13)}--><head>`);
    const fits = document(MAX_PREFIX_BYTES);
    const tooLong = document(MAX_PREFIX_BYTES + 1);
    assert.ok(inject(fits, []).includes(TAG));
    assert.deepEqual(inject(tooLong, [100]), tooLong);
  });

  test("leaves bytes alone that are not ASCII characters", () => {
    const utf16 = Buffer.from("\ufeff<!doctype html><head>", "utf16le");
    const unmarked = Buffer.from("<!doctype html><head>", "utf16le");
    const bigEndian = Buffer.from(utf16).swap16();
    const escaped = Buffer.from("<!-- \x1b$B-->\x1b(B --><head>", "latin1");
    for (const bytes of [utf16, unmarked, bigEndian, escaped]) assert.deepEqual(inject(bytes, []), bytes);
  });

  test("asks for a doctype, <html> or <head> where nobody said that this is a document", () => {
    const guess = (html: string) => inject(Buffer.from(html), [], new HtmlScanner({ needsProof: true })).includes(TAG);
    for (const html of ["<!doctype html><p>", "<html><body>", " <!-- c --><head>"]) assert.ok(guess(html), html);
    for (const html of ["<p>", "text", "<!-- <html> --><li>", "<!doc><p>", "</html>", "<title>x</title>"])
      assert.ok(!guess(html), html);
  });
});
