import { describe, expect, it } from "vitest";
import { plain } from "./plain.ts";

describe("plain", () => {
  it.each([
    ["colours", "\u001b[32m✔\u001b[39m adds \u001b[38;2;1;2;3mx\u001b[0m", "✔ adds x"],
    ["links", "\u001b]8;;https://example.com\u0007here\u001b]8;;\u001b\\", "here"],
    ["cursor moves", "\u001b[2K\u001b[1G\u001b[?25lone", "one"],
    ["nothing", "plain [32m text", "plain [32m text"],
  ])("takes out %s", (_, output, expected) => expect(plain(output)).toBe(expected));

  it("ends in time on megabytes of broken sequences", () => {
    const started = performance.now();
    for (const piece of ["\u001b[", "\u001b]8;;", "\u001b"]) plain(piece.repeat(700_000));

    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
