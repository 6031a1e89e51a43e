import { AicdError } from "@aicd/core";
import { createLogger, createRedactor } from "@aicd/ops";
import { expect, it } from "vitest";
import { partOf, portOf, tellOnceAMinute, whileStarting } from "./trouble.ts";

const DATABASE = partOf("The database", "DATABASE_URL", "postgres://ada:hush-hush@db.example:5432/aicd");

function coded(code: string, message = "raw words"): Error {
  return Object.assign(new Error(message), { code });
}

it.each([
  [DATABASE, coded("ECONNREFUSED"), "The database at db.example:5432 cannot be had: nothing answers there"],
  [DATABASE, coded("28P01"), "Check user and password in DATABASE_URL"],
  [DATABASE, coded("3D000"), "it has no database of that name"],
  [DATABASE, new AggregateError([coded("ECONNREFUSED")], ""), "set DATABASE_URL to where it runs"],
  [DATABASE, new Error("outer", { cause: coded("ENOTFOUND") }), "Check the host in DATABASE_URL"],
  [portOf({ HOST: "127.0.0.1", PORT: 80 }), coded("EACCES"), "set PORT to a higher one"],
  [portOf({ HOST: "no.host", PORT: 80 }), coded("ENOTFOUND"), "Check the host in HOST"],
  [portOf({ HOST: "no.host", PORT: 80 }), coded("EAI_AGAIN"), "Check the host in HOST"],
  [portOf({ HOST: "10.9.8.7", PORT: 80 }), coded("EADDRNOTAVAIL"), "Set HOST to 127.0.0.1 or 0.0.0.0"],
])("says what is wrong and what to do: %#", async (part, error, words) => {
  const start = whileStarting(part, () => Promise.reject(error));

  await expect(start).rejects.toThrow(words);
  await expect(start).rejects.toBeInstanceOf(AicdError);
  await expect(start).rejects.not.toThrow("hush-hush");
});

it("leaves alone what nobody but us can mend", async () => {
  const ours = new TypeError("x is not a function");

  await expect(whileStarting(DATABASE, () => Promise.reject(ours))).rejects.toBe(ours);
});

it("tells of a connection that is tried again and again once a minute, in one line", () => {
  const lines: string[] = [];
  const log = createLogger({ redactor: createRedactor(), sink: { write: (line) => void lines.push(line) } });
  let now = 0;
  const tell = tellOnceAMinute(partOf("Redis", "REDIS_URL", "redis://:hush-hush@r:6379"), log, () => now);

  for (now = 0; now < 61_000; now += 1_000) tell(coded("ECONNREFUSED"));

  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("Redis at r:6379 cannot be had: nothing answers there");
  expect(lines.join()).not.toContain("stack");
});
