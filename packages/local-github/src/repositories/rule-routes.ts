import { type Need, repositoryRoute } from "../http/door.ts";
import { paginate } from "../http/paging.ts";
import { ok, type Route } from "../http/route.ts";
import { rulesFor } from "../rules/branch.ts";
import type { BranchRule } from "../world/branch-rule.ts";
import type { Repository } from "../world/types.ts";
import { fullName } from "./shape.ts";

const METADATA: Need = { app: ["metadata:read"], user: "read" };

/** What an App can know before it writes. Classic protections are for those who administer the repository. */
export const ruleRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/rules/branches/{branch}", METADATA, (call) => {
    const rules = rulesFor(call.repository, `refs/heads/${call.params.branch}`, undefined)
      .filter((rule) => rule.kind === "ruleset")
      .flatMap((rule) => ruleShapes(call.repository, rule));
    const { items, headers } = paginate(call, rules);
    return ok(items, headers);
  }),
];

/** GitHub's `repository-rule-detailed`, one for each thing a ruleset says. */
function ruleShapes(repository: Repository, rule: BranchRule) {
  const checks = rule.checks.map((context) => ({ context }));
  const source = {
    ruleset_source_type: "Repository",
    ruleset_source: fullName(repository),
    ruleset_id: repository.rules.indexOf(rule) + 1,
  };
  const shapes = [
    ...(rule.restrictCreations ? [{ type: "creation" }] : []),
    ...(rule.restrictUpdates ? [{ type: "update" }] : []),
    ...(rule.restrictDeletions ? [{ type: "deletion" }] : []),
    ...(rule.blockForcePushes ? [{ type: "non_fast_forward" }] : []),
    ...(rule.requirePull || rule.approvals > 0 ? [pullRule(rule.approvals)] : []),
    ...(checks.length > 0 ? [checksRule(checks)] : []),
  ];
  return shapes.map((shape) => ({ ...shape, ...source }));
}

function pullRule(approvals: number) {
  const parameters = {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_approving_review_count: approvals,
    required_review_thread_resolution: false,
  };
  return { type: "pull_request", parameters };
}

function checksRule(checks: { context: string }[]) {
  const parameters = { required_status_checks: checks, strict_required_status_checks_policy: false };
  return { type: "required_status_checks", parameters };
}
