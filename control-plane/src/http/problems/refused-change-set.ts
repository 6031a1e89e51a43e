import { AicdError, type PolicyFinding } from "@aicd/core";

/** A ChangeSet nobody may publish; the findings tell the runner what to mend. */
export class RefusedChangeSet extends AicdError {
  readonly findings: PolicyFinding[];
  constructor(findings: PolicyFinding[]) {
    const list = findings.map((finding) => `${finding.path ?? "the change"}: ${finding.message}`).join(" ");
    super("invalid", `The change is refused by policy. ${list}`.slice(0, 4_000));
    this.findings = findings;
  }
}
