import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";
import { createRedactor } from "./redactor.ts";
import { createShutdown } from "./shutdown.ts";

class Host extends EventEmitter {
  readonly codes: number[] = [];
  readonly exited = Promise.withResolvers<number>();

  exit(code: number): void {
    this.codes.push(code);
    this.exited.resolve(code);
  }
}

function hosting(withinMs?: number) {
  const lines: string[] = [];
  const logger = createLogger({
    redactor: createRedactor(),
    sink: { write: (line) => void lines.push(line) },
  });
  const host = new Host();
  const shutdown = createShutdown({ logger, host, ...(withinMs === undefined ? {} : { withinMs }) });
  return { host, shutdown, log: () => lines.join("") };
}

test("closes in reverse order, waiting for each, and ends well", async () => {
  const { host, shutdown } = hosting();
  const closed: string[] = [];
  shutdown.add("database", () => void closed.push("database"));
  shutdown.add("server", async () => {
    await new Promise((resolve) => setImmediate(resolve));
    closed.push("server");
  });

  host.emit("SIGTERM");

  expect(await host.exited.promise).toBe(0);
  expect(closed).toEqual(["server", "database"]);
});

test("one that fails to close does not keep the others open", async () => {
  const { host, shutdown, log } = hosting();
  const closed: string[] = [];
  shutdown.add("database", () => void closed.push("database"));
  shutdown.add("queue", () => Promise.reject(new Error("stuck")));

  host.emit("SIGINT");

  expect(await host.exited.promise).toBe(0);
  expect(closed).toEqual(["database"]);
  expect(log()).toContain("stuck");
});

test("one that hangs is not waited for longer than the limit", async () => {
  const { host, shutdown } = hosting(10);
  shutdown.add("hanging", () => new Promise(() => {}));

  host.emit("SIGTERM");

  expect(await host.exited.promise).toBe(1);
});

test("a second signal ends at once", () => {
  const { host, shutdown } = hosting();
  shutdown.add("hanging", () => new Promise(() => {}));

  host.emit("SIGTERM");
  host.emit("SIGTERM");

  expect(host.codes).toEqual([1]);
});

test.each(["unhandledRejection", "uncaughtException"])("%s is logged and ends with 1", (failure) => {
  const { host, log } = hosting();

  host.emit(failure, new Error("forgotten"));

  expect(host.codes).toEqual([1]);
  expect(log()).toContain("forgotten");
});
