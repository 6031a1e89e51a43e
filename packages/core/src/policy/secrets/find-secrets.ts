import { createHash } from "node:crypto";
import type { Effort, FindSecrets, SecretFound } from "./effort.ts";
import { isAllowed } from "./is-allowed.ts";
import { type CompiledRule, readRules } from "./read-rules.ts";

/**
 * Matching is bounded (no pattern ever meets an untrusted text of any length): a text is cut into pieces that
 * overlap, so that whatever is no longer than the overlap lies in one of them whole, and only pieces with a
 * keyword of a rule meet its pattern.
 */
const SHORT = { piece: 4_096, overlap: 1_024 };
const LONG = { piece: 16_384, overlap: 8_192 };
/** More of them say nothing more. */
const FOUND = 100;

/** Secrets that a file has, by the rules of gitleaks. Comments that ask not to look are not obeyed. */
export const findSecrets: FindSecrets = (path, text, effort) => {
  const { everywhere, rules } = readRules();
  if (isAllowed(everywhere, { path })) return [];
  const lower = text.toLowerCase();
  // A letter that is longer in lower case moves all places behind it.
  const places = lower.length === text.length ? lower : text;
  const search = { path, text, places, effort };
  const found: SecretFound[] = [];
  for (const rule of rules) {
    if (rule.path !== undefined && !rule.path.test(path)) continue;
    if (rule.regex === undefined) found.push({ rule: rule.id, line: 1, name: nameOf(rule.id, path) });
    else if (rule.keywords.some((keyword) => lower.includes(keyword))) found.push(...matchesOf(rule, search));
    if (effort.left < 0) return undefined;
    if (found.length >= FOUND) break;
  }
  return withoutGuesses(found);
};

type Search = { path: string; text: string; places: string; effort: Effort };

function matchesOf(rule: CompiledRule, search: Search): SecretFound[] {
  const { path, text } = search;
  const { everywhere } = readRules();
  const { piece, overlap } = rule.isLong ? LONG : SHORT;
  const found = new Map<number, SecretFound>();
  for (let start = 0; start === 0 || start + overlap < text.length; start += piece - overlap) {
    const part = text.slice(start, start + piece);
    const beginnings = beginningsIn(rule, search.places.slice(start, start + piece));
    search.effort.left -= beginnings * part.length;
    if (search.effort.left < 0) break;
    for (const match of beginnings === 0 ? [] : matchesIn(rule, part, search, start)) {
      const at = start + match.index;
      const secret = secretOf(rule, match);
      if (rule.entropy > 0 && entropyOf(secret) <= rule.entropy) continue;
      const about = {
        path,
        secret,
        match: match[0].replace(/^\n+|\n+$/g, ""),
        line: lineAt(text, at, match[0]),
      };
      if (isAllowed(everywhere, about) || rule.allowed.some((allowed) => isAllowed(allowed, about))) continue;
      if (!found.has(at)) found.set(at, { rule: rule.id, line: 0, name: nameOf(rule.id, secret) });
      if (found.size >= FOUND) break;
    }
  }
  return [...found].map(([at, each]) => ({ ...each, line: lineNumber(text, at) }));
}

/** What touches the border of a piece may go on behind it, or begin before it; the next piece has it whole. */
function* matchesIn(rule: CompiledRule, part: string, { text }: Search, start: number) {
  if (rule.regex === undefined) return;
  for (const match of part.matchAll(rule.regex)) {
    const isCut = start > 0 && match.index === 0;
    const end = match.index + match[0].length;
    if (!isCut && (end < part.length || start + end === text.length)) yield match;
  }
}

function beginningsIn({ keywords }: CompiledRule, lower: string): number {
  let count = 0;
  for (const keyword of keywords) {
    for (let at = lower.indexOf(keyword); at >= 0; at = lower.indexOf(keyword, at + 1)) count++;
  }
  return count;
}

function secretOf({ secretGroup }: CompiledRule, match: RegExpExecArray): string {
  const group = secretGroup === undefined ? match.slice(1).find((each) => each) : match[secretGroup];
  return group ?? match[0].replace(/^\n+|\n+$/g, "");
}

/** Bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

function lineAt(text: string, at: number, match: string): string {
  const begin = text.lastIndexOf("\n", at) + 1;
  const end = text.indexOf("\n", at + match.length - 1);
  return text.slice(
    Math.max(begin, at - 500),
    Math.min(end < 0 ? text.length : end, at + match.length + 500),
  );
}

function lineNumber(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) line++;
  return line;
}

/** The general rule guesses; where another knows what it is, its guess is the same thing again. */
function withoutGuesses(found: readonly SecretFound[]): SecretFound[] {
  const known = new Set(found.filter(({ rule }) => rule !== GUESS).map(({ line }) => line));
  return found.filter(({ rule, line }) => rule !== GUESS || !known.has(line));
}

const GUESS = "generic-api-key";

function nameOf(rule: string, secret: string): string {
  return `secret:${createHash("sha256").update(`${rule}\n${secret}`).digest("hex").slice(0, 24)}`;
}
