import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";
import { createRedactor } from "./redactor.ts";

function written(work: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  const redactor = createRedactor();
  redactor.register("hush-hush-hush");
  const sink = { write: (line: string) => void lines.push(line) };
  work(createLogger({ redactor, sink, lines: "readable" }));
  return lines.join("");
}

test("a person reads time, level, message, reason and fields", () => {
  const text = written((log) => log.warn({ reason: "nothing answers", port: 3000 }, "it is away"));

  expect(text).toMatch(/^\d\d:\d\d:\d\d WARN {2}it is away: nothing answers port=3000\n$/);
});

test("an error comes with its stack and its cause, and no secret", () => {
  const error = new Error("no hush-hush-hush", { cause: new Error("deeper") });

  const text = written((log) => log.error({ err: error }, "it broke"));

  expect(text).toContain("  Error: no [redacted]\n");
  expect(text).toMatch(/readable\.test/);
  expect(text).toMatch(/caused by\n\s+Error: deeper/);
});
