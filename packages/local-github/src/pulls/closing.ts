import type { Issue, Pull } from "../world/types.ts";
import type { World } from "../world/world.ts";

const KEYWORD = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+\/[\w.-]+))?#(\d+)\b/gi;

/**
 * Issues a pull request closes when it is merged: `Fixes #7` in its text. Text in backticks does not link,
 * and only pull requests into the default branch close anything.
 */
export function closingIssues(world: World, pull: Pull): Issue[] {
  const { repository, body } = pull.issue;
  if (pull.base !== repository.defaultBranch) return [];
  const prose = body.replaceAll(/```[\s\S]*?```|`[^`\n]*`|<!--[\s\S]*?-->/g, " ");
  const issues = [...prose.matchAll(KEYWORD)].flatMap(([, other, number]) => {
    const home = other ? world.names.get(other.toLowerCase()) : repository;
    const issue = home?.issues.get(Number(number));
    return issue && !issue.pull ? issue : [];
  });
  return [...new Set(issues)];
}
