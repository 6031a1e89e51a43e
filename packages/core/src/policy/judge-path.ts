import type { FileChange } from "../change-set.ts";
import { pathProblem } from "../path.ts";
import type { Settings } from "../settings.ts";
import { PATH_CLASSES } from "./classes.ts";
import { classOf } from "./executes.ts";
import { block, type PolicyFinding, refuse } from "./finding.ts";

/** Whether a file of this name may be changed at all, and whether a person has to agree. */
export function judgePath(file: FileChange, settings: Settings): PolicyFinding[] {
  const { path } = file;
  const standing = file.kind === "write" && file.baseMode === null ? "new" : "there";
  const problem = pathProblem(path, standing);
  if (problem !== undefined) return [refuse("path", path, problem)];
  const { protected: closed, allow } = settings.policy;
  if (closed.some((entry) => covers(entry, path))) {
    return [block("path.protected", path, "This repository's settings protect it; an admin must override.")];
  }
  const found = allow.some((entry) => covers(entry, path)) ? undefined : classOf(path);
  if (found === undefined) return [];
  const { sentence } = PATH_CLASSES[found];
  return [block(`path.${found}`, path, `The path is protected; an admin must override. ${sentence}`)];
}

function covers(entry: string, path: string): boolean {
  const rule = entry.toLowerCase();
  const lower = path.toLowerCase();
  return rule.endsWith("/") ? lower.startsWith(rule) : lower === rule || lower.startsWith(`${rule}/`);
}
