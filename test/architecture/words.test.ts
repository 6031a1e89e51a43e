import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";
import { expect, it } from "vitest";
import { ROOT, readSources, type Source } from "./imports.ts";

/** Below the API it is a tenant. What people read in texts is another matter: they have an organisation. */
const BELOW = /^(?:packages\/(?:core|db|queue|protocol)|control-plane)\/src\//;
/** The API's surface, and how it becomes HTTP: an organisation there, as on GitHub. */
const SURFACE = /^control-plane\/src\/(?:api|dashboard|http|sign-in)\//;

/** GitHub's word for what GitHub has, and reasons by the names the API gives them. */
const OF_OTHERS = new Set([
  "organizationRoleOf",
  "organization_self_hosted_runners",
  "organization_paused",
  "organization_budget_exhausted",
]);

const production = readSources().filter(({ isTest }) => !isTest);

it("below the API no name and no comment speaks of organisations: it is a tenant", () => {
  const wrong = production
    .filter(({ path }) => BELOW.test(path) && !SURFACE.test(path))
    .flatMap((source) =>
      wordsOf(source)
        .filter((word) => /organi[sz]ation/i.test(word) && !OF_OTHERS.has(word))
        .map((word) => `${source.path}: ${word.trim()}`),
    );

  expect(wrong).toEqual([]);
});

it.each([
  "packages/sdk/openapi.json",
  ...production.map(({ path }) => path).filter((path) => path.includes("/dashboard/browser/")),
])("%s speaks of organisations, never of tenants", (path) => {
  expect(readFileSync(join(ROOT, path), "utf8")).not.toMatch(/tenant/i);
});

/** Names and comments, without what is written for people. */
function wordsOf({ path, text }: Source): string[] {
  const { program, comments } = parseSync(path, text);
  const names = new Set<string>();
  new Visitor({ Identifier: ({ name }) => void names.add(name) }).visit(program);
  return [...names, ...comments.map(({ value }) => value)];
}
