import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createJsonCheck } from "./json.ts";

const examples = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("@octokit/webhooks-examples")), "utf8"),
) as { examples: object[] }[];

function check(text: string | Uint8Array, chunkSize = Number.POSITIVE_INFINITY): boolean {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const json = createJsonCheck();
  for (let at = 0; at < bytes.length; at += chunkSize) {
    if (!json.push(bytes.subarray(at, at + chunkSize))) return false;
  }
  return json.end();
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  "{}",
  "[]",
  "0",
  "-0",
  "1.5e+10",
  "1E5",
  "0e0",
  '""',
  "true",
  "false",
  "null",
  " [ 1 , { } ] \r\n\t",
  '{"a":{"b":[]},"c":"\\u00e9\\n"}',
  "[[],[[]]]",
  "",
  " ",
  "{",
  "}",
  "[",
  "]",
  "[,]",
  "[1,]",
  "{,}",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":1 "b":2}',
  "{a:1}",
  "{1:1}",
  "01",
  "-",
  "1.",
  ".5",
  "1e",
  "1e+",
  "+1",
  "1.5.5",
  "0x1",
  "tru",
  "truee",
  "nul",
  "True",
  "NaN",
  '"',
  '"\\"',
  '"\\x"',
  '"\\u12"',
  '"\\u123g"',
  '"a\nb"',
  '"\t"',
  "[}",
  "{]",
  "1 2",
  "[1]]",
  '{"a":1}{',
  "[1 2]",
  '["a" "b"]',
  "1,2",
  '"a":1',
  "'a'",
  "[-]",
  "[1-2]",
  "\ufeff{}",
  "[1e5,-1]",
  "[truefalse]",
  "\u00a0[]",
])("agrees with JSON.parse about %j", (text) => {
  expect(check(text)).toBe(parses(text));
});

test("agrees with JSON.parse about any JSON, broken or not, however it is cut into chunks", () => {
  const broken = fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"\\0-.eE tfn\n'), fc.boolean());
  const text = broken.map(([json, at, byte, replace]) => {
    const position = at % (json.length + 1);
    return json.slice(0, position) + byte + json.slice(position + (replace ? 1 : 0));
  });
  fc.assert(
    fc.property(fc.oneof(fc.json(), text), fc.integer({ min: 1, max: 9 }), (json, chunkSize) => {
      expect(check(json, chunkSize)).toBe(parses(json));
    }),
    { numRuns: 3_000 },
  );
});

test("agrees with JSON.parse about words made of JSON's own characters", () => {
  const characters = fc.constantFrom(...'{}[],:"\\u0123456789abcdef+-.eE truefalsn \n');
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 12 }), (text) => {
      expect(check(text, 3)).toBe(parses(text));
    }),
    { numRuns: 5_000 },
  );
});

test("accepts every example that GitHub publishes, compact or indented", () => {
  const payloads = examples.flatMap((event) => event.examples);

  expect(payloads.length).toBeGreaterThan(200);
  expect(payloads.filter((payload) => !check(JSON.stringify(payload), 1_000))).toEqual([]);
  expect(payloads.filter((payload) => !check(JSON.stringify(payload, null, 2)))).toEqual([]);
});

test("what it accepts in bytes that are no UTF-8 still parses", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const body = Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')]);
      if (check(body)) expect(parses(body.toString("utf8"))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("nesting deeper than 64 is refused", () => {
  expect(check("[".repeat(64) + "]".repeat(64))).toBe(true);
  expect(check("[".repeat(65) + "]".repeat(65))).toBe(false);
  expect(check('{"a":'.repeat(100_000))).toBe(false);
});
