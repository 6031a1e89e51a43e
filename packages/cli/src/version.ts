import { readFileSync } from "node:fs";
import { z } from "zod";

/** Of this package, which is released with all others. */
export function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}
