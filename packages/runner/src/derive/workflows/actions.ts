import { asRecord, type Step } from "./read-workflow.ts";

/** What well-known actions do besides installing a language, as the command that does the same. */
const ACTIONS: readonly [RegExp, (given: Record<string, unknown>) => string | undefined][] = [
  [
    /^ruby\/setup-ruby$/,
    (given) => (String(given["bundler-cache"]) === "true" ? "bundle install" : undefined),
  ],
  [/^ramsey\/composer-install$/, () => "composer install --no-interaction"],
  [/^bahmutov\/npm-install$/, (given) => text(given["install-command"]) ?? "npm ci"],
  [
    /^pnpm\/action-setup$/,
    (given) => (isYes(given.run_install) ? "pnpm install --frozen-lockfile" : undefined),
  ],
  [/^pdm-project\/setup-pdm$/, () => undefined],
  [
    /^actions-rs\/cargo$/,
    (given) => `cargo ${text(given.command) ?? "build"} ${text(given.args) ?? ""}`.trim(),
  ],
  [
    /^(?:gradle\/gradle-build-action|gradle\/actions\/setup-gradle|eskatos\/gradle-command-action)$/,
    (given) => {
      const tasks = text(given.arguments);
      return tasks === undefined ? undefined : `./gradlew ${tasks}`;
    },
  ],
  [/^(?:nick-fields|nick-invision)\/retry$/, (given) => text(given.command)],
  [/^(?:GabrielBB|coactions)\/(?:xvfb-action|setup-xvfb)$/, (given) => text(given.run)],
  [/^julia-actions\//, () => undefined],
];

/** The command that stands for a step with `uses`; undefined: it prepares the machine, or concerns nobody here. */
export function commandOf(step: Step): string | undefined {
  const name = nameOf(step.uses ?? "");
  return ACTIONS.find(([pattern]) => pattern.test(name))?.[1](asRecord(step.with));
}

function nameOf(uses: string): string {
  return uses.split("@")[0] ?? "";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function isYes(value: unknown): boolean {
  return value === true || value === "true" || (typeof value === "string" && value.includes("cwd"));
}
