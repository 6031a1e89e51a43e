import type { FileChange } from "../change-set.ts";
import { twins } from "../path.ts";
import { type PolicyFinding, refuse } from "./finding.ts";

/** Two that are one to git or on some machine. A file that is renamed makes room for its new name. */
export function judgeNames(files: readonly FileChange[]): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) findings.push(refuse("path.duplicate", path, "The path is named twice."));
    seen.add(path);
  }
  const gone = new Set(files.filter(({ kind }) => kind === "delete").map(({ path }) => path));
  const writes = files.filter((file) => file.kind === "write");
  const made = writes.filter(({ baseMode }) => baseMode === null);
  const kept = writes.filter(({ baseMode }) => baseMode !== null).map(({ path }) => path);
  const clashes = twins([...new Set(made.map(({ path }) => path))], kept);
  for (const { path, twinOf } of made) {
    const twin = clashes.get(path) ?? (twinOf === undefined || gone.has(twinOf) ? undefined : twinOf);
    if (twin === undefined) continue;
    const message = `The path cannot stand beside \`${twin}\` on every machine.`;
    findings.push(refuse("path.twin", path, message));
  }
  return findings;
}
