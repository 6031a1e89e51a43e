import * as core from "@actions/core";

/** What the action asks of the GitHub runner. The tests have their own; the runner's is below. */
export type ActionState = {
  input(name: string): string;
  output(name: string, value: string): void;
  /** The value is replaced by *** in all that is printed from now on. */
  mask(secret: string): void;
  info(text: string): void;
  /** The step is red, with this reason. */
  fail(reason: string): void;
  summarise(markdown: string): Promise<void>;
  oidcToken(audience: string): Promise<string>;
};

export function runnerState(): ActionState {
  return {
    input: (name) => core.getInput(name),
    output: (name, value) => core.setOutput(name, value),
    mask: (secret) => core.setSecret(secret),
    info: (text) => core.info(printable(text)),
    fail: (reason) => core.setFailed(printable(reason)),
    async summarise(markdown) {
      try {
        await core.summary.addRaw(markdown).write();
      } catch {
        // A runner without step summaries is no reason for a red step.
      }
    },
    oidcToken: (audience) => core.getIDToken(audience),
  };
}

/** Lines that the runner would take for commands of ours, made harmless: the text may come from anybody. */
export function printable(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, "$1: ").replace(/##\[/g, "## [");
}
