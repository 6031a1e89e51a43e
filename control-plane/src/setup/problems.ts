import { ACTION, COORDINATES } from "@aicd/core";
import type { Readiness } from "@aicd/github";
import { APP_PERMISSIONS } from "./manifest.ts";

/** What stops a run, and what a person does about it; both are sentences. */
export type Problem = { what: string; fix: string };
export type Facts = {
  /** What the installation was given, as GitHub reports it. */
  permissions: Readonly<Record<string, string>>;
  /** Where its permissions are reviewed. */
  installationUrl: string;
  enabled: boolean;
  /** The tenant's own stop, in words. */
  stop: string | undefined;
  /** Vendors that a role asks for and nobody has a key for. */
  withoutKey: readonly string[];
  readiness: Readiness;
};

const LEVELS = ["read", "write", "admin"];
/** Rules that keep us from making a branch of our own or from committing to it (GitHub: "Available rules for rulesets"). */
const RULES: Readonly<Record<string, string>> = {
  creation: "branches may not be created",
  update: "branches may not be updated",
  pull_request: "commits need a pull request before they are on a branch",
  branch_name_pattern: "names of branches must fit a pattern",
  commit_message_pattern: "messages of commits must fit a pattern",
  commit_author_email_pattern: "addresses of authors must fit a pattern",
  committer_email_pattern: "addresses of committers must fit a pattern",
  required_status_checks: "checks must pass before anything is pushed",
  file_path_restriction: "some paths may not be changed",
};

/** Everything at once that would stop a run, the most fundamental first. Pure. */
export function problemsOf(facts: Facts): Problem[] {
  return [
    ...permissionProblems(facts),
    ...(facts.enabled
      ? []
      : [{ what: "The repository is switched off.", fix: "An admin switches it on under Repositories." }]),
    ...(facts.stop === undefined ? [] : [{ what: facts.stop, fix: "It is under Settings." }]),
    ...(facts.readiness.archived
      ? [{ what: "The repository is archived.", fix: "Unarchive it in its settings on GitHub." }]
      : []),
    ...workflowProblems(facts.readiness),
    ...settingsProblems(facts.readiness),
    ...facts.withoutKey.map((vendor) => ({
      what: `There is no model key for ${vendor}.`,
      fix: `An admin sets one under Secrets, or the operator starts the server with one, or the settings name another \`provider\`.`,
    })),
    ...ruleProblems(facts.readiness),
  ];
}

function permissionProblems({ permissions, installationUrl }: Facts): Problem[] {
  return Object.entries(APP_PERMISSIONS)
    .filter(([name, level]) => LEVELS.indexOf(permissions[name] ?? "") < LEVELS.indexOf(level))
    .map(([name, level]) => ({
      what: `The App has no ${level} permission for ${name.replaceAll("_", " ")}.`,
      fix: `An owner accepts it at ${installationUrl}; an App made by hand needs it in its own settings first.`,
    }));
}

function workflowProblems({ workflow, branch }: Readiness): Problem[] {
  const path = ".github/workflows/aicd.yml";
  if (workflow === undefined) {
    const fix = `Merge the pull request \`aicd/setup\`, or run \`npx ${COORDINATES.commandLine} init\` in a clone and push.`;
    return [{ what: `${path} is not on ${branch ?? "the default branch"}.`, fix }];
  }
  const { state, text } = workflow;
  const lacks = (what: string, fix: string) => ({ what: `${path} ${what}.`, fix });
  return [
    ...(state === "active" ? [] : [lacks(`is switched off (${state})`, "Enable it under Actions.")]),
    ...(/\bworkflow_dispatch\b/.test(text) && /\brun-key\b/.test(text) && /\battempt-id\b/.test(text)
      ? []
      : [
          lacks("cannot be started by AI-CD", "It needs `workflow_dispatch` with the inputs of the example."),
        ]),
    ...(/id-token:\s*write/.test(text)
      ? []
      : [
          lacks(
            "may not prove who it is",
            "Give the job `permissions: { contents: read, id-token: write }`.",
          ),
        ]),
    ...(text.includes(ACTION.replace(/@.*/, "@")) || /uses:\s*\.\//.test(text)
      ? []
      : [lacks("does not use the Action", `It needs a step \`uses: ${ACTION}\`.`)]),
  ];
}

function settingsProblems({ settings }: Readiness): Problem[] {
  if (settings.kind === "settings") return [];
  return settings.problems.map((problem) => ({
    what: `The settings are not valid: ${problem}.`,
    fix: "Correct .github/aicd.yml on the default branch.",
  }));
}

function ruleProblems({ rules }: Readiness): Problem[] {
  return rules.flatMap((type) => {
    const words = RULES[type];
    if (words === undefined) return [];
    const fix = "Exclude `aicd/**` from that ruleset, or add the App to its bypass list.";
    return [{ what: `A ruleset holds for our branches: ${words}.`, fix }];
  });
}
