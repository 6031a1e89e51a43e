import { describe, expect, it } from "vitest";
import { differencesOf, type Ground, groundDigest, type Seen, voidsApproval } from "./approval.ts";
import { Settings } from "./settings.ts";

const MONA = { login: "mona", permission: "write" as const };
const comment = (id: number, body: string) => ({ id, author: MONA, body, createdAt: "2026-01-02" });
const file = (path: string, oid: string, text: string) => ({ path, oid, text });
const ISSUE = {
  number: 3,
  title: "Sums",
  body: "Twice.",
  author: MONA,
  url: "https://github.com/a/b/issues/3",
};

function ground(more: Partial<Ground> = {}, thread: Partial<Ground["snapshot"]> = {}): Ground & Seen {
  return {
    snapshot: {
      issue: ISSUE,
      comments: [comment(5, "yes"), comment(6, "no")],
      guidance: [],
      removed: [],
      ...thread,
    },
    settings: Settings.parse({}),
    ...{ settingsFile: null, instructions: file("AGENTS.md", "a1", "Be brief."), ownSandbox: null },
    ...more,
    commentsFrom: 0,
  };
}

const EDITS: [string, Ground & Seen][] = [
  ["title", ground({}, { issue: { ...ISSUE, title: "Sum" } })],
  ["body", ground({}, { issue: { ...ISSUE, body: "Thrice." } })],
  ["comment", ground({}, { comments: [comment(5, "yes!"), comment(6, "no")] })],
  ["comment", ground({}, { comments: [comment(6, "no")] })],
  ["settings", ground({ settings: Settings.parse({ model: "other" }) })],
  ["settings", ground({ settings: Settings.parse({ policy: { allow: ["ci"] } }) })],
  ["settings", ground({ ownSandbox: "bwrap" })],
  ["instructions", ground({ instructions: file("AGENTS.md", "a2", "Be long.") })],
  ["instructions", ground({ instructions: null })],
];

it.each(EDITS)(
  "an edit of the %s is covered by the hash, is told, and makes an approval void",
  (what, now) => {
    expect(groundDigest(now)).not.toBe(groundDigest(ground()));
    const differences = differencesOf(ground(), now);
    expect(differences.map((each) => each.what)).toEqual([what]);
    expect(differences.every(voidsApproval)).toBe(true);
  },
);

describe("no edit", () => {
  it("is a comment that came since: it is told, and voids nothing", () => {
    const now = ground({}, { comments: [comment(5, "yes"), comment(6, "no"), comment(7, "Hm.")] });

    const differences = differencesOf(ground(), now);

    expect(differences).toEqual([{ what: "newer", of: "mona", before: "", now: "Hm." }]);
    expect(differences.some(voidsApproval)).toBe(false);
  });

  it("is a comment so old that GitHub does not show it with so many newer ones", () => {
    const now = { ...ground({}, { comments: [comment(6, "no")] }), commentsFrom: 6 };

    expect(differencesOf(ground(), now)).toEqual([]);
  });

  it.each<[string, Partial<Ground>]>([
    [
      "another order of keys, as a store makes it",
      { settings: JSON.parse(JSON.stringify(Settings.parse({}), Object.keys(Settings.parse({})).sort())) },
    ],
    [
      "where commands may run, which is the tenant's word",
      { settings: { ...Settings.parse({}), sandbox: "process" } },
    ],
    [
      "the file of the settings, as long as they are the same",
      { settingsFile: file(".github/aicd.yml", "b1", "# nothing\n") },
    ],
  ])("is %s", (_, more) => {
    expect(differencesOf(ground(), ground(more))).toEqual([]);
    expect(groundDigest(ground(more))).toBe(groundDigest(ground()));
  });

  it("is what an older release did not keep", () => {
    const { settingsFile: _file, instructions: _read, ownSandbox: _own, ...old } = ground();

    expect(differencesOf(old, ground())).toEqual([]);
  });
});

it("settings that cannot be read any more are told with their file", () => {
  const before = ground({ settingsFile: file(".github/aicd.yml", "b1", "version: 1\n") });
  const now = {
    ...ground({ settingsFile: file(".github/aicd.yml", "b2", "version: [\n") }),
    settings: undefined,
  };

  expect(differencesOf(before, now)).toEqual([
    { what: "settings", of: ".github/aicd.yml", before: "version: 1\n", now: "version: [\n" },
  ]);
});
