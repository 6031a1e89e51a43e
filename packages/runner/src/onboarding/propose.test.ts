import { readFileSync } from "node:fs";
import { readSettings, SCHEMA_URL } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createRepository } from "../derive/read-repository.ts";
import { proposeSetup } from "./propose.ts";
import { workflowFile } from "./workflow-file.ts";

const CI = `on: [push, pull_request]
env: { NODE: "22" }
jobs:
  test:
    runs-on: \${{ matrix.os }}
    strategy: { matrix: { os: [windows-latest, ubuntu-latest], python: ["3.9", "3.13"] } }
    services: { db: { image: postgres } }
    steps:
      - uses: actions/checkout@v4
      - uses: pnpm/action-setup@v4
      - uses: actions/setup-node@1234567890123456789012345678901234567890
        with: { node-version: "\${{ env.NODE }}", cache: npm, token: "\${{ secrets.TOKEN }}" }
      - uses: actions/setup-python@v5
        with: { python-version: "\${{ matrix.python }}" }
      - uses: docker/setup-buildx-action@v3
      - uses: codecov/codecov-action@v4
      - run: npm ci
      - run: npm test
`;

function propose(files: Record<string, string>) {
  const repository = createRepository(Object.keys(files), (path) => files[path]);
  const proposal = proposeSetup(repository, { schemaUrl: SCHEMA_URL });
  return { ...proposal, content: new Map(proposal.files.map(({ path, content }) => [path, content])) };
}

const MANIFEST = '{"scripts":{"test":"node --test"}}';

describe("what is proposed to a repository", () => {
  it("installs what its own CI installs, at the same versions, without what needs a secret", () => {
    const { content } = propose({ "package.json": MANIFEST, ".github/workflows/ci.yml": CI });

    const workflow = parse(content.get(".github/workflows/aicd.yml") ?? "");
    const uses = workflow.jobs.work.steps.map((step: { uses?: string }) => step.uses);
    expect(uses.slice(2, -2)).toEqual([
      "pnpm/action-setup@v4",
      "actions/setup-node@1234567890123456789012345678901234567890",
      "actions/setup-python@v5",
    ]);
    expect(workflow.jobs.work.steps[3].with).toEqual({ "node-version": "22", cache: "npm" });
    expect(workflow.jobs.work.steps[4].with).toEqual({ "python-version": "3.13" });
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
  });

  it("are settings that are valid, name their schema first, and show what was found", () => {
    const { content } = propose({ "package.json": MANIFEST, ".github/workflows/ci.yml": CI });

    const text = content.get(".github/aicd.yml") ?? "";
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=${SCHEMA_URL}`);
    expect(readSettings(parse(text))).toMatchObject({ kind: "settings", settings: { approval: "required" } });
    expect(text).toContain('#   - "npm test" # .github/workflows/ci.yml (job test)');
    // What stands behind the comment signs is valid, too.
    const uncommented = text.replaceAll(/^# (setup|checks):$/gm, "$1:").replaceAll(/^# {3}- /gm, "  - ");
    expect(readSettings(parse(uncommented))).toMatchObject({
      settings: { setup: ["npm ci"], checks: ["npm test"] },
    });
  });

  it("leaves alone what is there", () => {
    const here = { ".github/aicd.yaml": "", ".github/workflows/aicd.yml": "" };

    expect(propose(here).files).toEqual([]);
    expect(propose({ ".github/aicd.yaml": "" }).files.map(({ path }) => path)).toEqual([
      ".github/workflows/aicd.yml",
    ]);
  });

  it("cannot be made to write more than a step", () => {
    const hostile = CI.replace("pnpm/action-setup@v4", '"evil/setup-x@v1\\n      - run: id"');
    const { content } = propose({ "package.json": MANIFEST, ".github/workflows/ci.yml": hostile });

    expect(content.get(".github/workflows/aicd.yml")).not.toContain("run: id");
  });
});

it("the example is the workflow of a repository without CI", () => {
  const example = readFileSync(new URL("../../../../action/examples/aicd.yml", import.meta.url), "utf8");

  expect(workflowFile([])).toBe(example);
});
