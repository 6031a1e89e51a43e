import { readRepository } from "../derive/read-repository.ts";
import { type Proposal, proposeSetup } from "./propose.ts";

/**
 * What would make a repository ready, by the files of one of its commits, wherever those are read: nothing of it is
 * run or changed.
 */
export async function proposeFrom(
  source: Parameters<typeof readRepository>[0],
  options: { schemaUrl: string },
): Promise<Proposal> {
  return proposeSetup(await readRepository(source), options);
}
