import type { Repository } from "../plan.ts";
import type { Json } from "./json.ts";
import { at } from "./project.ts";

export type Manager = {
  name: "npm" | "pnpm" | "yarn" | "bun";
  isBerry: boolean;
  hasLock: boolean;
  /** How a script is run. */
  run(script: string): string;
};

const LOCKS = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["npm-shrinkwrap.json", "npm"],
  ["package-lock.json", "npm"],
] as const;

/** What `packageManager` names, else whose lock is there, else npm. */
export function managerOf(repository: Repository, directory: string, manifest: Json): Manager {
  const there = (name: string) => repository.has(at(directory, name));
  const named = /^(npm|pnpm|yarn|bun)@(\d+)?/.exec(String(manifest.packageManager ?? ""));
  const locked = LOCKS.filter(([file]) => there(file)).map(([, name]) => name);
  const name =
    (named?.[1] as Manager["name"] | undefined) ??
    locked[0] ??
    (there("pnpm-workspace.yaml") ? "pnpm" : "npm");
  const isBerry = name === "yarn" && (there(".yarnrc.yml") || Number(named?.[2] ?? 1) > 1);
  const run = (script: string) =>
    script === "test" && name !== "bun" ? `${name} test` : `${name} run ${script}`;
  return { name, isBerry, hasLock: locked.includes(name), run };
}

/** With a lock exactly what it says; without one, none is left behind. */
export function installOf({ name, isBerry, hasLock }: Manager): string {
  if (name === "npm")
    return hasLock ? "npm ci --no-audit --no-fund" : "npm install --no-package-lock --no-audit --no-fund";
  if (name === "pnpm") return hasLock ? "pnpm install --frozen-lockfile" : "pnpm install --no-lockfile";
  if (name === "bun") return hasLock ? "bun install --frozen-lockfile" : "bun install --no-save";
  if (isBerry) return hasLock ? "yarn install --immutable" : "yarn install --no-immutable";
  return hasLock ? "yarn install --frozen-lockfile" : "yarn install --no-lockfile";
}
