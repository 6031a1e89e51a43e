import { afterEach, expect, test } from "vitest";
import { startWriter, type Writer, type Written } from "./thread.ts";

let writer: Writer | undefined;
afterEach(() => writer?.close());

test("batches of a thread that dies are answered as failed, and its successor works", async () => {
  const deaths: string[] = [];
  writer = startWriter({
    connectionString: "unused",
    onDeath: (error) => deaths.push(error.message),
    program: threadThat(`if (batch.deliveries[0].id === "bomb") throw new Error("boom");`),
  });

  const lost = await Promise.all([write("bomb"), write("behind it")]);
  await expect.poll(async () => (await write("later")).result.kind).toBe("judged");

  expect(lost.map(({ result }) => result.kind)).toEqual(["failed", "failed"]);
  expect(deaths).toEqual(["boom"]);
});

test("the arena comes back to be filled again", async () => {
  writer = startWriter({ connectionString: "unused", onDeath: () => {}, program: threadThat("") });
  const arena = new ArrayBuffer(64);

  const written = await write("a", arena);

  expect(arena.byteLength).toBe(0);
  expect(written.arena?.byteLength).toBe(64);
});

function write(id: string, arena = new ArrayBuffer(8)): Promise<Written> {
  return new Promise((resolve) => writer?.write(arena, [{ id, event: "issues", bytes: 1 }], resolve));
}

function threadThat(does: string): URL {
  const program = `
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (batch) => {
      ${does}
      const result = { kind: "judged", verdicts: ["stored"] };
      parentPort.postMessage({ number: batch.number, arena: batch.arena, result }, [batch.arena]);
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}
