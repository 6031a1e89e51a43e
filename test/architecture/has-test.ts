import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/**
 * Whether a test named as `file: its name in the source` is there. Titles as the source has them: a test that is
 * renamed or gone leaves its row without one.
 */
export function hasTest(held: string): boolean {
  const at = held.indexOf(": ");
  const source = readFileSync(join(root, held.slice(0, at)), "utf8");
  return source.includes(`"${held.slice(at + 2)}"`);
}
