import type { FindSecrets } from "@aicd/core";

/** Only where there is something to judge: its rules would make every start of the Action slower and larger. */
export async function secretFinder(): Promise<FindSecrets> {
  const { findSecrets } = await import("@aicd/core/secrets");
  return findSecrets;
}
