import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readSettings, type Settings } from "@aicd/core";
import { parse } from "yaml";
import { derive } from "../derive.ts";
import type { Commands, Machine } from "../plan.ts";
import { createRepository } from "../read-repository.ts";

export const REPLICAS = join(import.meta.dirname, "../../../../../test/fixtures/repositories");

/** `machine` is what is special about the machine; `setup` and `checks` are lines, each with where it is from. */
export type Expected = {
  machine?: { missing?: string[]; installed?: string[]; touched?: string[] };
  setup: string[];
  checks: string[];
  notes?: string[];
  missing?: string[];
};

/** What is derived from a small replica of a real layout, on a machine that has everything but what is named. */
export function deriveReplica(
  name: string,
  { missing = [], installed = [], touched }: NonNullable<Expected["machine"]>,
): Commands {
  const root = join(REPLICAS, name);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "expected.json")
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();
  const machine: Machine = {
    has: (program) => !missing.includes(program),
    installed,
    versions: { node: "24.1.0", python3: "3.13.1" },
  };
  const repository = createRepository(paths, (path) =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined,
  );
  return derive({ repository, machine, touched }, settingsOf(repository.text(".github/aicd.yml")));
}

function settingsOf(text: string | undefined): Pick<Settings, "setup" | "checks"> {
  const read = readSettings(text === undefined ? undefined : parse(text));
  return read.kind === "settings" ? read.settings : {};
}
