import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { pushCommands } from "./receive.ts";

const [A, B, ZERO] = ["a".repeat(40), "b".repeat(40), "0".repeat(40)];

function line(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}

describe("what a push wants", () => {
  const body = Buffer.concat([
    Buffer.from(
      `${line(`${ZERO} ${A} refs/heads/new\0 report-status side-band-64k`)}${line(`${A} ${B} refs/heads/é`)}0000PACK`,
      "latin1",
    ),
    Buffer.from([0, 0, 0, 2]),
  ]);
  const moves = (name: string) => [
    { before: ZERO, after: A, ref: "refs/heads/new" },
    { before: A, after: B, ref: name },
  ];

  it.each([
    ["plain", body, undefined],
    ["compressed", gzipSync(body), "gzip"],
  ])("is read before the pack, %s", (_how, bytes, encoding) => {
    expect(pushCommands(bytes, encoding)).toEqual(
      moves(`refs/heads/${Buffer.from("é", "latin1").toString()}`),
    );
  });

  it.each([
    ["nothing", ""],
    ["a flush", "0000"],
    ["no length", "zzzz"],
    ["too small a length", "0003x"],
  ])("is nothing in %s", (_what, text) => {
    expect(pushCommands(Buffer.from(text), undefined)).toEqual([]);
  });
});
