import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reduce } from "./reduce.ts";

/**
 * `npm run hetzner -- FILE`: writes the reduced contract and its types anew from the whole OpenAPI document of the
 * Hetzner Cloud API (https://github.com/MaximilianKoestler/hcloud-openapi, MIT, made from docs.hetzner.cloud).
 */
const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("Name the file that holds the whole document, as JSON.");
const contract = fileURLToPath(new URL("../../contract/hcloud.json", import.meta.url));
const types = fileURLToPath(new URL("../generated.ts", import.meta.url));
writeFileSync(contract, JSON.stringify(reduce(JSON.parse(readFileSync(source, "utf8"))), null, 2));
// A tool of the moment: it needs a compiler of its own, older than ours.
const tool = ["-y", "-p", "openapi-typescript@7.13.0", "-p", "typescript@5", "openapi-typescript"];
execFileSync("npx", [...tool, contract, "-o", types, "--root-types", "--root-types-no-schema-prefix"], {
  stdio: "inherit",
});
