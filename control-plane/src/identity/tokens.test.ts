import { randomBytes } from "node:crypto";
import { createMint } from "@aicd/core";
import { expect, it } from "vitest";
import { parseMasterKeys } from "../secrets/master-keys.ts";
import { createPeppers, hintOf, mintRefresh, mintToken, sessionOfRefresh, tokenKind } from "./tokens.ts";

const key = () => randomBytes(32).toString("base64");

it.each(["key", "session", "refresh"] as const)("knows a %s when it sees one", (kind) => {
  const tokens = Array.from({ length: 50 }, () => mintToken(kind));

  expect(new Set(tokens).size).toBe(50);
  expect(tokens.every((token) => tokenKind(token) === kind && /^[\w]+$/.test(token))).toBe(true);
});

it("tells a typo from a key without asking anybody", () => {
  const token = mintToken("key");
  const at = 20;
  const typo = `${token.slice(0, at)}${token[at] === "a" ? "b" : "a"}${token.slice(at + 1)}`;

  expect(
    [typo, token.slice(0, -1), `${token}x`, "aicd_live_", "", token.toUpperCase()].map(tokenKind),
  ).toEqual(Array.from({ length: 6 }));
});

it("changes a refresh token for the same ones each time, which name its session", () => {
  const session = createMint({ now: Date.now, random: randomBytes })("session");
  const [old, fresh] = [key(), key()];
  const token = mintRefresh(session);
  const before = createPeppers(parseMasterKeys(old)).successors(token, session);

  const [now, then] = createPeppers(parseMasterKeys(`${fresh},${old}`)).successors(token, session);

  expect(then).toEqual(before[0]);
  expect(now).not.toEqual(then);
  expect(tokenKind(now.accessToken)).toBe("session");
  expect([token, now.refreshToken].map(sessionOfRefresh)).toEqual([session, session]);
  expect([now.accessToken, mintToken("refresh"), "x"].map(sessionOfRefresh)).toEqual(
    Array.from({ length: 3 }),
  );
});

it("hints at a key without giving it away", () => {
  const token = mintToken("key");

  expect(hintOf(token)).toHaveLength(19);
  expect(token.startsWith(hintOf(token).slice(0, 14))).toBe(true);
});

it("finds keys under the pepper before while the master key is changed", () => {
  const [old, fresh] = [key(), key()];
  const token = mintToken("key");
  const [stored] = createPeppers(parseMasterKeys(old)).hashes(token);

  const during = createPeppers(parseMasterKeys(`${fresh},${old}`)).hashes(token);

  expect(during[1]).toEqual(stored);
  expect(during[0]).not.toEqual(stored);
  expect(createPeppers(parseMasterKeys(fresh)).hashes(token)).toEqual([during[0]]);
});
