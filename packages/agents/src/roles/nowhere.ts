import { type AgentScope, AicdError } from "@aicd/core";

async function none(): Promise<never> {
  throw new AicdError("missing", "There is no checkout here.");
}

/** Where a role works that has words only. */
export const NOWHERE: Pick<AgentScope, "workspace" | "programs" | "codeSearch"> = {
  workspace: {
    ...{ read: none, write: none, delete: none, list: none },
    ...{ search: none, run: none, diff: none },
  },
  programs: { level: "process", run: none },
  codeSearch: { search: none },
};
