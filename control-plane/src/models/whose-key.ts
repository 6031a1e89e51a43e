import type { Settings } from "@aicd/core";
import type { TenantTx } from "@aicd/db";
import { codeSpan } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { chooseModels, type VendorName, vendorsOf } from "./vendors.ts";

const SECRET = { anthropic: "ANTHROPIC_API_KEY", openai: "OPENAI_API_KEY" } as const;

/** Which model each role asks for, and whose key that is: what somebody has to know to mend it. */
export async function describeModels(deps: Deps, tx: TenantTx, settings: Settings): Promise<string> {
  const chosen = Object.entries(chooseModels(settings, await vendorsOf(deps, tx)));
  const lines = await Promise.all(
    chosen.map(async ([role, { model, provider }]) => {
      const name: VendorName = provider === "anthropic" ? "anthropic" : "openai";
      const own = (await deps.secrets.open(tx, SECRET[name])) !== undefined;
      return `- ${role}: ${codeSpan(model)} of ${provider}, with ${own ? "the organisation's" : "the operator's"} key`;
    }),
  );
  return [...new Set(lines)].join("\n");
}
