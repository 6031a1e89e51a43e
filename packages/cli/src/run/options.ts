import type { AgentKind, Provider, SandboxLevel } from "@aicd/core";
import type { ModelEnv } from "../env.ts";
import type { GitHubUrls } from "./repository-address.ts";

export type RunLocallyOptions = {
  /** A directory, or `owner/name` on GitHub. */
  repo: string;
  /** A file, the URL of an issue, or `#n`. */
  issue: string;
  yes?: boolean | undefined;
  agent?: AgentKind | undefined;
  provider?: Provider | undefined;
  model?: string | undefined;
  budgetUsd?: number | undefined;
  /** `process`: the person accepts that commands are not shut in. */
  sandbox?: SandboxLevel | undefined;
  env: {
    model: ModelEnv;
    base: Record<string, string>;
    githubToken: string | undefined;
    githubUrls?: GitHubUrls | undefined;
  };
  /** No draft pull request, although there is a token. */
  local?: boolean | undefined;
  /** Asks the person at the terminal; undefined: there is nobody to ask. */
  ask?: ((question: string) => Promise<string>) | undefined;
  /** Where the patch is put, and a clone when `repo` is on GitHub. */
  directory: string;
  write: (text: string) => void;
  signal: AbortSignal;
};
