import type { ChangeSet, FileChange } from "../change-set.ts";
import type { Settings } from "../settings.ts";
import { type PolicyFinding, refuse } from "./finding.ts";

export function judgeSize(changeSet: ChangeSet, settings: Settings): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const { maxFiles, maxBytes } = settings.policy;
  if (changeSet.files.length === 0) findings.push(refuse("size.empty", null, "Nothing is changed."));
  if (changeSet.files.length > maxFiles) {
    findings.push(
      refuse("size.files", null, `${changeSet.files.length} files are changed, the limit is ${maxFiles}.`),
    );
  }
  const bytes = changeSet.files.reduce((sum, file) => sum + byteLength(file), 0);
  if (bytes > maxBytes) {
    findings.push(refuse("size.bytes", null, `The change has ${bytes} bytes, the limit is ${maxBytes}.`));
  }
  return findings;
}

function byteLength(file: FileChange): number {
  return file.kind === "write" ? Math.floor((file.contentBase64.length * 3) / 4) : 0;
}
