import type { Settings } from "@aicd/core";
import type { TenantTx } from "@aicd/db";
import { codeSpan } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { chooseModels, vendorsOf } from "./vendors.ts";

/** Which model each role asks for, and whose key that is: what somebody has to know to mend it. */
export async function describeModels(deps: Deps, tx: TenantTx, settings: Settings): Promise<string> {
  const vendors = await vendorsOf(deps, tx);
  const lines = Object.entries(chooseModels(settings, vendors)).map(([role, { model, provider }]) => {
    const vendor = provider === "anthropic" ? vendors.anthropic : vendors.openai;
    const whose = vendor?.own === true ? "the organisation's" : "the operator's";
    return `- ${role}: ${codeSpan(model)} of ${provider}, with ${whose} key`;
  });
  return [...new Set(lines)].join("\n");
}
