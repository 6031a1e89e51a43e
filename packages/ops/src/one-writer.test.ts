import { expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { becomeOneWriter } from "./one-writer.ts";
import { createRedactor } from "./redactor.ts";

function logging() {
  const lines: string[] = [];
  const redactor = createRedactor();
  const logger = createLogger({ level: "trace", redactor, sink: { write: (line) => void lines.push(line) } });
  return { lines, redactor, logger };
}

it("takes what libraries tell the console, redacted, and none of the objects they hand over", () => {
  const { lines, redactor, logger } = logging();
  redactor.register("hush-hush-hush");
  const target = { debug() {}, log() {}, info() {}, warn() {}, error() {} };

  becomeOneWriter(logger, target);
  (target as unknown as Console).warn("deprecated: %s", "hush-hush-hush", { private: "text" });
  (target as unknown as Console).error(new Error("away"));

  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "warn", words: "deprecated: [redacted] [object]" },
    { level: "error", words: "away" },
  ]);
});

it("cuts a line that no collector would take, and says so", () => {
  const { lines, logger } = logging();

  logger.info({ taskId: "tsk_1", many: Array.from({ length: 90 }, () => "x".repeat(3_000)) }, "large");

  expect(lines[0]?.length).toBeLessThan(16 * 1024);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    msg: "large",
    taskId: "tsk_1",
    cutFromBytes: expect.any(Number),
  });
});

it("never prints a payload, whoever logs it", () => {
  const { lines, logger } = logging();

  logger.trace({ event: { id: "1", payload: { issue: "canary" } } }, "received");
  logger.trace({ event: "issues", body: "canary".repeat(50), params: ["canary"] }, "received");

  expect(lines.join("")).not.toContain("canary");
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({ event: "issues" });
});

it("tells a failed statement without its values", () => {
  const { lines, logger } = logging();
  const cause = Object.assign(new Error('invalid input syntax for type uuid: "canary"'), {
    severity: "ERROR",
    code: "22P02",
    detail: "canary",
  });
  const failed = Object.assign(new Error("Failed query: insert …\nparams: canary", { cause }), {
    query: "insert",
    params: ["canary"],
  });

  logger.error({ err: new AggregateError([failed], "two") }, "a job failed");

  expect(lines.join("")).not.toContain("canary");
  expect(lines.join("")).toContain("22P02");
});
