import type { CodeHit } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { createSharedSearch } from "./shared.ts";

const LEASE = { token: "t", epoch: 1 };
const hit = (path: string, from = 1): CodeHit => ({
  path,
  symbol: null,
  from,
  to: from + 1,
  score: 9,
  reason: "words",
});

function shared(here: CodeHit[], there: CodeHit[] | Error | undefined) {
  const errors: unknown[] = [];
  const search = createSharedSearch({
    own: { search: async () => here },
    client: {
      async search() {
        if (there instanceof Error) throw there;
        return there === undefined ? undefined : { commit: "0".repeat(40), hits: there };
      },
    },
    lease: LEASE,
    paths: async () => new Set(["a.ts", "b.ts", "c.ts"]),
    onError: (error) => errors.push(error),
  });
  return {
    errors,
    paths: async (limit = 10) => (await search.search("q", { limit })).map(({ path }) => path),
    search,
  };
}

describe("a search of both", () => {
  it("puts first what both found, with the lines of the checkout", async () => {
    const { search } = shared([hit("a.ts"), hit("b.ts", 5)], [hit("b.ts", 90), hit("c.ts", 7)]);

    const hits = await search.search("q", { limit: 10 });

    expect(hits.map(({ path, from }) => [path, from])).toEqual([
      ["b.ts", 5],
      ["a.ts", 1],
      ["c.ts", 7],
    ]);
  });

  it("leaves out what the checkout does not have, and no more than was asked for", async () => {
    expect(await shared([hit("a.ts")], [hit("deleted.ts"), hit("c.ts")]).paths()).toEqual(["a.ts", "c.ts"]);
    expect(await shared([hit("a.ts"), hit("b.ts")], [hit("c.ts")]).paths(2)).toHaveLength(2);
  });

  it("answers from the checkout alone when there is no index, and when it is away", async () => {
    const away = new Error("away");
    const broken = shared([hit("a.ts")], away);

    expect(await shared([hit("a.ts")], undefined).paths()).toEqual(["a.ts"]);
    expect(await broken.paths()).toEqual(["a.ts"]);
    expect(broken.errors).toEqual([away]);
  });
});
