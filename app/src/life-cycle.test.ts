import type { Probot } from "probot";
import { expect, it } from "vitest";
import { createApp } from "./app.ts";
import { LIFE_CYCLE } from "./testing/life-cycle.ts";
import { createRecorder } from "./testing/recorder.ts";

/** The events that the app has a handler for. */
function heard(): Set<string> {
  const names = new Set<string>();
  const probot = {
    on(on: string | string[]) {
      for (const name of [on].flat()) names.add(name);
    },
  };
  createApp(createRecorder().inbox)(probot as unknown as Probot);
  return names;
}

it.each(Object.entries(LIFE_CYCLE))("K2: %s: %j", (event, row) => {
  expect(heard().has(event)).toBe("does" in row);
});

it("K2: the app hears nothing that has no row", () => {
  // What is bought is no part of an issue's life.
  const bought = ["purchased", "changed", "pending_change", "pending_change_cancelled", "cancelled"];
  const known = new Set([
    ...Object.keys(LIFE_CYCLE),
    "github_app_authorization.revoked",
    ...bought.map((action) => `marketplace_purchase.${action}`),
  ]);

  expect([...heard()].filter((event) => !known.has(event))).toEqual([]);
});
