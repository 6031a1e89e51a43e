import { brotliDecompressSync } from "node:zlib";
import { RULES } from "./rules.ts";
import { toJavaScript } from "./to-javascript.ts";

/** What is no secret although a rule finds it; all parts of it as gitleaks documents them. */
type Allowed = {
  condition?: string | undefined;
  paths?: string[] | undefined;
  regexTarget?: string | undefined;
  regexes?: string[] | undefined;
  stopwords?: string[] | undefined;
};
type SecretRule = {
  id: string;
  regex?: string | undefined;
  path?: string | undefined;
  /** Bits per character that a secret must have more of. */
  entropy?: number | undefined;
  secretGroup?: number | undefined;
  /** In lower case; a text without any of them has no such secret. */
  keywords?: string[] | undefined;
  allowlists?: Allowed[] | undefined;
};

export type CompiledAllowed = {
  both: boolean;
  target: "secret" | "match" | "line";
  paths: RegExp[];
  regexes: RegExp[];
  stopwords: string[];
};
export type CompiledRule = {
  id: string;
  regex: RegExp | undefined;
  path: RegExp | undefined;
  entropy: number;
  secretGroup: number | undefined;
  keywords: string[];
  allowed: CompiledAllowed[];
  /** What it finds may be longer than a line: a part of its pattern has no upper bound. */
  isLong: boolean;
};

let compiled: { everywhere: CompiledAllowed; rules: CompiledRule[] } | undefined;

/** The rules of gitleaks, compiled once and only where there is something to search. */
export function readRules(): { everywhere: CompiledAllowed; rules: CompiledRule[] } {
  compiled ??= compile();
  return compiled;
}

function compile() {
  const text = brotliDecompressSync(Buffer.from(RULES, "base64")).toString();
  const { allowlist, rules } = JSON.parse(text) as { allowlist: Allowed; rules: SecretRule[] };
  return { everywhere: compileAllowed(allowlist), rules: rules.map(compileRule) };
}

function compileRule(rule: SecretRule): CompiledRule {
  const pattern = rule.regex === undefined ? undefined : toJavaScript(rule.regex);
  return {
    id: rule.id,
    regex: pattern === undefined ? undefined : new RegExp(pattern.source, `${pattern.flags}g`),
    path: rule.path === undefined ? undefined : toJavaScript(rule.path),
    entropy: rule.entropy ?? 0,
    secretGroup: rule.secretGroup,
    keywords: (rule.keywords ?? []).map((keyword) => keyword.toLowerCase()),
    allowed: (rule.allowlists ?? []).map(compileAllowed),
    // Those that begin with what stands before a name want a name and its value, on one line.
    isLong:
      /\{\d+,\}|[\])a-z.][*+]|\{\d+,\d{3,}\}/.test(rule.regex ?? "") && !/\{0,50\}\?/.test(rule.regex ?? ""),
  };
}

function compileAllowed(allowed: Allowed): CompiledAllowed {
  const target = allowed.regexTarget;
  return {
    both: allowed.condition === "AND",
    target: target === "match" || target === "line" ? target : "secret",
    paths: (allowed.paths ?? []).map(toJavaScript),
    regexes: (allowed.regexes ?? []).map(toJavaScript),
    stopwords: (allowed.stopwords ?? []).map((word) => word.toLowerCase()),
  };
}
