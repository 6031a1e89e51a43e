import { existsSync } from "node:fs";
import { join } from "node:path";

/** PATH for the programs tests start. */
export const PATH = process.env.PATH ?? "";

/** A Qdrant to test against, when somebody runs one. */
export const QDRANT = { url: process.env.QDRANT_URL, apiKey: process.env.QDRANT_API_KEY };

const ROOT = join(import.meta.dirname, "../../../..");

/** The vendor's description of its API, which is no part of the project; undefined where it is absent. */
export function contractFile(name: string): string | undefined {
  const places = [process.env.AICD_CONTRACTS, join(ROOT, "contracts"), join(ROOT, "../shared/contracts")];
  return places
    .flatMap((place) => place ?? [])
    .map((place) => join(place, name))
    .find((file) => existsSync(file));
}
