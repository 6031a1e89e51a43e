import {
  type Finding,
  judge,
  type Plan,
  type PolicyFinding,
  type PolicyVerdict,
  type Settings,
} from "@aicd/core";

/** `must`: never publishable. `should`: an owner would have to override it, and the plan did not ask for it. */
export type PolicyFindings = { must: Finding[]; should: Finding[] };

/**
 * The policy's findings in the words the coder mends them by. A plan that names a protected path was approved with it,
 * but nobody plans what is found in a text: a secret, a hidden character, a new host.
 */
export function policyFindings(verdict: PolicyVerdict, plan: Plan): PolicyFindings {
  const planned = new Set(plan.files.map((file) => file.path));
  const refused = verdict.findings.filter((finding) => finding.level === "refuse");
  const blocked = verdict.findings.filter(
    ({ level, path, rule }) =>
      level === "block" && (path === null || !planned.has(path) || !rule.startsWith("path.")),
  );
  return {
    must: refused.map((finding) => toFinding(finding, "A change without this; it can never be published.")),
    should: blocked.map((finding) =>
      toFinding(
        finding,
        "Undo this, unless the issue cannot be solved without it; then say so in the summary.",
      ),
    ),
  };
}

/** Why a path may not be changed at all, or not by this plan: said before the work is done, not after. */
export function refusalOf(settings: Settings, plan: Plan): (path: string) => string | undefined {
  return (path) => {
    const file = { kind: "write", path, mode: "100644", baseMode: "100644", contentBase64: "" } as const;
    const verdict = judge({ baseSha: "", files: [file], title: "", summary: "" }, settings, undefined);
    const { must, should } = policyFindings(verdict, plan);
    const [finding] = [...must, ...should];
    if (finding === undefined) return undefined;
    return `${finding.why} The plan does not name it, so do without, or \`ask\` where that cannot be.`;
  };
}

function toFinding({ path, message }: PolicyFinding, wanted: string): Finding {
  return { path: path?.slice(0, 500) ?? null, line: null, severity: "blocker", why: message, wanted };
}
