import { expect, it } from "vitest";
import { classify } from "./classify.ts";
import { derive } from "./derive.ts";
import { createRepository } from "./read-repository.ts";

const machine = { has: () => true, installed: [], versions: {} };

it.each([
  ["a workflow that is no YAML", { ".github/workflows/ci.yml": "a: [b" }],
  ["aliases without end", { ".github/workflows/ci.yml": `a: &a [x]\n${"b: [*a, *a]\n".repeat(300)}` }],
  [
    "a matrix of millions",
    {
      ".github/workflows/ci.yml": `on: push\njobs: {a: {runs-on: x, strategy: {matrix: {${["a", "b", "c", "d", "e", "f", "g"].map((axis) => `${axis}: [${Array.from({ length: 40 }, (_, at) => at).join()}]`).join()}}}, steps: [{run: npm test}]}}`,
    },
  ],
  [
    "manifests that are something else",
    { "package.json": "[1]", "pyproject.toml": "= x", "Cargo.toml": "[[[", "deno.json": "null" },
  ],
  [
    "prototype names as scripts",
    { "package.json": '{"scripts":{"__proto__":{"test":"x"},"constructor":1},"workspaces":"x"}' },
  ],
  [
    "workflows that call each other",
    { ".github/workflows/ci.yml": "on: push\njobs: {a: {uses: ./.github/workflows/ci.yml}}" },
  ],
  [
    "conditions without end",
    {
      ".github/workflows/ci.yml": `on: push\njobs: {a: {runs-on: x, steps: [{if: "${"(".repeat(20_000)}", run: npm test}]}}`,
    },
  ],
])("reads %s without harm", (_, files) => {
  const texts: Record<string, string> = files;
  const repository = createRepository(Object.keys(texts), (path) => texts[path]);

  expect(() => derive({ repository, machine })).not.toThrow();
});

it("ends in time on megabytes that only look like commands", () => {
  const started = performance.now();
  for (const piece of ["npm --a ", "a=b ", "uv run --x y ", "./a-a_a/", "go run mage x "])
    classify(piece.repeat(20_000));

  expect(performance.now() - started).toBeLessThan(20_000);
});

it("quotes names of the repository for the shell", () => {
  const path = "a b;touch x/go.mod";
  const { checks } = derive({ repository: createRepository([path], () => "module a"), machine });

  expect(checks.map(({ run }) => run)).toContain("cd 'a b;touch x' && go test -v ./...");
});
