import { type ChangeSet, changeSetDigest } from "../change-set.ts";
import { POLICY_VERSION } from "../plan.ts";
import type { Settings } from "../settings.ts";
import type { PolicyFinding } from "./finding.ts";
import { judgeContent, judgeMode, judgeWords } from "./judge-content.ts";
import { judgeNames } from "./judge-names.ts";
import { judgePath } from "./judge-path.ts";
import { judgeSize } from "./judge-size.ts";
import { type FindSecrets, newEffort } from "./secrets/effort.ts";

/**
 * `refused`: never publishable, nobody may override. `blocked`: an owner may override this very
 * ChangeSet, by digest. Deterministic: the same input gives the same verdict for ever.
 */
export type PolicyVerdict = {
  kind: "allowed" | "blocked" | "refused";
  policyVersion: string;
  inputDigest: string;
  findings: PolicyFinding[];
};

/**
 * What a ChangeSet says of its base (modes, twins, what was there before) is taken as it is: who does not trust
 * the sender puts `withBase` in front.
 *
 * @param findSecrets of `@aicd/core/secrets`; undefined where a verdict publishes nothing
 */
export function judge(
  changeSet: ChangeSet,
  settings: Settings,
  findSecrets: FindSecrets | undefined,
): PolicyVerdict {
  const findings = [...judgeSize(changeSet, settings), ...judgeNames(changeSet.files)];
  // Nothing that large is ever published, so nothing is gained by reading it.
  const isTooMuch = findings.some(({ rule }) => rule === "size.bytes");
  const search = { findSecrets, effort: newEffort() };
  for (const file of changeSet.files) {
    const ofPath = judgePath(file, settings);
    findings.push(...ofPath);
    if (file.kind === "delete" || isTooMuch || ofPath.some(({ level }) => level === "refuse")) continue;
    findings.push(...judgeMode(file), ...judgeContent(file, search));
  }
  findings.push(...judgeWords(changeSet, search));
  const kind = findings.some((finding) => finding.level === "refuse")
    ? "refused"
    : findings.length > 0
      ? "blocked"
      : "allowed";
  return { kind, policyVersion: POLICY_VERSION, inputDigest: changeSetDigest(changeSet), findings };
}
