import type { FileChange } from "../change-set.ts";
import { addedHidden } from "../hidden.ts";
import { LIMITS } from "../limits.ts";
import { block, type PolicyFinding, refuse } from "./finding.ts";
import { hostsIn } from "./hosts.ts";
import type { Effort, FindSecrets } from "./secrets/effort.ts";

type Write = Extract<FileChange, { kind: "write" }>;

/** Kinds of file that are binary by nature. NUL in any other makes diff and review blind. */
const BINARY_NAME = /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|pdf|woff2?|ttf|otf|eot|zip|gz)$/i;
/** More lines of one file help nobody to decide. */
const SHOWN = 10;

export function judgeMode(file: Write): PolicyFinding[] {
  const { path, mode, baseMode } = file;
  if (mode === "120000") return [refuse("mode.symlink", path, "Symlinks are refused.")];
  if (mode === "160000") return [refuse("mode.submodule", path, "Submodules are refused.")];
  if (mode === "100755" && baseMode !== "100755") {
    return [refuse("mode.executable", path, "A file may not become executable.")];
  }
  return [];
}

/** How secrets are looked for, and what that may cost for all files of a change together. */
export type Search = { findSecrets: FindSecrets | undefined; effort: Effort };

export function judgeContent(file: Write, search: Search): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const { path } = file;
  const content = Buffer.from(file.contentBase64, "base64");
  const binary = content.includes(0);
  if (binary && content.byteLength > LIMITS.binaryFileBytes) {
    findings.push(refuse("size.binary", path, "Binary files over 1 MB are refused."));
  }
  if (binary && BINARY_NAME.test(path)) return findings;
  if (binary) {
    findings.push(block("content.binary", path, "The file is binary, so nobody can review it as text."));
  }
  const text = content.toString("utf8");
  const hidden = addedHidden(text, file.hiddenBefore);
  if (hidden !== undefined) {
    const { codePoint, line } = hidden;
    const message = `Line ${line} adds an invisible or text-reordering character (${codePoint}).`;
    findings.push(block("content.hidden", path, message));
  }
  const known = new Set(file.knownBefore);
  return [...findings, ...judgeSecrets({ path, text, known }, search), ...judgeHosts({ path, text, known })];
}

/** Title and summary become a commit's message and a pull request's text, where secrets stay for ever. */
export function judgeWords(
  { title, summary }: { title: string; summary: string },
  search: Search,
): PolicyFinding[] {
  const found = search.findSecrets?.("", `${title}\n${summary}`, search.effort) ?? [];
  return found
    .slice(0, SHOWN)
    .map(({ rule }) =>
      block("content.secret", null, `Its title or summary holds what looks like a secret (${rule}).`),
    );
}

type Read = { path: string; text: string; known: ReadonlySet<string> };

function judgeSecrets({ path, text, known }: Read, { findSecrets, effort }: Search): PolicyFinding[] {
  if (findSecrets === undefined) return [];
  const found = findSecrets(path, text, effort);
  if (found === undefined) {
    const message = "It has more that looks like keys than can be searched for secrets; look at it yourself.";
    return [block("content.unsearched", path, message)];
  }
  return found
    .filter(({ name }) => !known.has(name))
    .slice(0, SHOWN)
    .map(({ rule, line }) =>
      block(
        "content.secret",
        path,
        `Line ${line} adds what looks like a secret (${rule}). If it is one, revoke it; if not, override.`,
      ),
    );
}

function judgeHosts({ path, text, known }: Read): PolicyFinding[] {
  const hosts = hostsIn(path, text).filter((host) => !known.has(hostName(host)));
  if (hosts.length === 0) return [];
  const list = hosts.slice(0, SHOWN).join(", ");
  const more = hosts.length > SHOWN ? ` and ${hosts.length - SHOWN} more` : "";
  return [block("content.host", path, `It names hosts that it did not name before: ${list}${more}.`)];
}

/** What of a file's base the judge has to know to tell what a change adds; without the secrets themselves. */
export function namesIn(path: string, text: string, { findSecrets, effort }: Search): string[] {
  const secrets = findSecrets?.(path, text, effort) ?? [];
  return [...secrets.map(({ name }) => name), ...hostsIn(path, text).map(hostName)];
}

function hostName(host: string): string {
  return `host:${host}`;
}
