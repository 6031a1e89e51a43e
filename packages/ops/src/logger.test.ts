import { expect, test } from "vitest";
import { createLogger, type Logger } from "./logger.ts";
import { createRedactor, type Redactor } from "./redactor.ts";
import { Secret } from "./secret.ts";

const KEY = "sk-live-0123456789abcdef";

function logging(): {
  logger: Logger;
  redactor: Redactor;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const redactor = createRedactor();
  const sink = { write: (line: string) => void written.push(line) };
  const logger = createLogger({ redactor, sink, level: "info" });
  return {
    logger,
    redactor,
    text: () => written.join(""),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test("a line has its level, its message and its fields", () => {
  const { logger, lines } = logging();

  logger.child({ taskId: "tsk_1" }).info({ count: 2 }, "task started");

  expect(lines()).toMatchObject([{ level: "info", msg: "task started", taskId: "tsk_1", count: 2 }]);
});

test.each(["authorization", "Cookie", "X-Hub-Signature-256", "stripe-signature", "password"])(
  "%s is hidden however deep it lies",
  (name) => {
    const { logger, text } = logging();

    logger.info({ request: { headers: { [name]: "value-to-hide" }, url: "/x" } }, "answered");

    expect(text()).not.toContain("value-to-hide");
    expect(text()).toContain("/x");
  },
);

test("a registered value is hidden in messages, fields, errors and child bindings", () => {
  const { logger, redactor, text } = logging();
  redactor.register(KEY);

  logger.child({ bound: KEY }).error({ err: new Error(`refused ${KEY}`), field: [KEY] }, `said ${KEY}`);

  expect(text()).not.toContain(KEY);
  expect(text()).toContain("refused [redacted]");
});

test("an error is written with its causes but without what hangs on it", () => {
  const { logger, text, lines } = logging();
  const cause = Object.assign(new Error("socket closed"), { code: "ECONNRESET" });
  const error = Object.assign(new Error("no answer", { cause }), {
    request: { headers: { other: "private" } },
  });

  logger.error({ err: error }, "call failed");

  expect(lines()[0]?.err).toMatchObject({ message: "no answer", cause: { code: "ECONNRESET" } });
  expect(text()).not.toContain("private");
});

test("a secret in a field prints its mask", () => {
  const { logger, text } = logging();

  logger.info({ key: new Secret(KEY) }, "using a key");

  expect(text()).toContain('"key":"[secret]"');
});

test("a field that contains itself does not break the line", () => {
  const { logger, lines } = logging();
  const loop: Record<string, unknown> = { name: "loop" };
  loop.self = loop;

  logger.info({ loop }, "looping");

  expect(lines()[0]).toMatchObject({ msg: "looping", loop: { name: "loop" } });
});
