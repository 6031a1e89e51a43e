import { INSTRUCTION_PATHS } from "@aicd/core";
import type { Tree } from "../checkout/tree.ts";

/** The repository's instructions for all of it, from the base commit; empty where it has none. */
export async function readInstructions(tree: Pick<Tree, "show">, baseSha: string): Promise<string> {
  for (const file of INSTRUCTION_PATHS) {
    const text = await tree.show(baseSha, file);
    if (text !== undefined) return text;
  }
  return "";
}
