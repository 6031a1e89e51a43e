import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { parse } from "smol-toml";
import { z } from "zod";

/**
 * `npm run secret-rules -- <gitleaks.toml> <commit>`: writes the rules of `packages/core` anew from the file `config/gitleaks.toml` of
 * github.com/gitleaks/gitleaks at that commit. What only people read is left out.
 */
const texts = z.array(z.string());
const allowed = z.object({
  condition: z.string().optional(),
  paths: texts.optional(),
  regexTarget: z.string().optional(),
  regexes: texts.optional(),
  stopwords: texts.optional(),
});
const Config = z.object({
  allowlist: allowed,
  rules: z.array(
    z.object({
      id: z.string(),
      regex: z.string().optional(),
      path: z.string().optional(),
      entropy: z.number().optional(),
      secretGroup: z.number().optional(),
      keywords: texts.optional(),
      allowlists: z.array(allowed).optional(),
    }),
  ),
});

const [file, commit] = process.argv.slice(2);
if (file === undefined || !/^[0-9a-f]{40}$/.test(commit ?? "")) {
  throw new Error("Name the gitleaks.toml and the commit it is from.");
}
const config = Config.parse(parse(readFileSync(file, "utf8")));
const compressed = brotliCompressSync(JSON.stringify(config), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
const lines = compressed.toString("base64").match(/.{1,110}/g) ?? [];
writeFileSync(
  new URL("../packages/core/src/policy/secrets/rules.ts", import.meta.url),
  `// Made by .ci/secret-rules.ts from github.com/gitleaks/gitleaks, config/gitleaks.toml at ${commit}.
// MIT License, Copyright (c) 2019 Zachary Rice; its text is in gitleaks.LICENSE beside this file.

/** ${config.rules.length} rules as JSON, by brotli, in base64. */
export const RULES = [
${lines.map((line) => `  "${line}",`).join("\n")}
].join("");
`,
);
process.stdout.write(`${config.rules.length} rules in ${compressed.length} bytes\n`);
