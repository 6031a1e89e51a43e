import { type ChangeSet, changeSetDigest, type FileChange } from "./change-set.ts";
import { addedHidden } from "./hidden.ts";
import { LIMITS } from "./limits.ts";
import { pathProblem, twins } from "./path.ts";
import { POLICY_VERSION } from "./plan.ts";
import type { Settings } from "./settings.ts";

export type PolicyFinding = { rule: string; path: string | null; message: string; level: "refuse" | "block" };

/**
 * `refused`: never publishable, nobody may override. `blocked`: an owner may override this very
 * ChangeSet, by digest. Deterministic: the same input gives the same verdict for ever.
 */
export type PolicyVerdict = {
  kind: "allowed" | "blocked" | "refused";
  policyVersion: string;
  inputDigest: string;
  findings: PolicyFinding[];
};

/** Files whose change could give the agent, or the next run, more power than this one has. */
const PROTECTED = [
  ".gitlab-ci.yml",
  "azure-pipelines.yml",
  "CODEOWNERS",
  "docs/CODEOWNERS",
  "AGENTS.md",
  "CLAUDE.md",
  ".mcp.json",
  ".npmrc",
  ".yarnrc",
  ".yarnrc.yml",
  "bunfig.toml",
  ".pre-commit-config.yaml",
  "Jenkinsfile",
  "setup.py",
  "setup.cfg",
  "Makefile",
  "GNUmakefile",
  "package.json",
  "package-lock.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "requirements.txt",
  "pyproject.toml",
  "poetry.lock",
  "uv.lock",
  "go.mod",
  "go.sum",
  "Cargo.toml",
  "Cargo.lock",
  "Gemfile",
  "Gemfile.lock",
  "composer.json",
  "composer.lock",
] as const;

/** Names protected wherever they stand in the tree. */
const ANYWHERE = new Set(
  PROTECTED.filter((entry) => !entry.includes("/")).map((entry) => entry.toLowerCase()),
);
/** Names that come with endings: `.env.local`, `Dockerfile.dev`, `rules.mk`. */
const ANYWHERE_PATTERN =
  /^(?:\.env|dockerfile|docker-compose|(?:docker-)?compose\.ya?ml$)|\.(?:mk|dockerfile)$/;
/** Tools keep their orders in dot folders (`.github`, `.husky`, `.vscode`, `.claude`), so all of them count. */
const DOT_FOLDER = /(?:^|\/)\.[^/]*\//;
/** Kinds of file that are binary by nature. NUL in any other makes diff and review blind. */
const BINARY_NAME = /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|pdf|woff2?|ttf|otf|eot|zip|gz)$/i;

export function judge(changeSet: ChangeSet, settings: Settings): PolicyVerdict {
  const findings = [...judgeSize(changeSet, settings), ...judgeNames(changeSet.files)];
  for (const file of changeSet.files) findings.push(...judgeFile(file, settings));
  const kind = findings.some((finding) => finding.level === "refuse")
    ? "refused"
    : findings.length > 0
      ? "blocked"
      : "allowed";
  return { kind, policyVersion: POLICY_VERSION, inputDigest: changeSetDigest(changeSet), findings };
}

function judgeSize(changeSet: ChangeSet, settings: Settings): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const { maxFiles, maxBytes } = settings.policy;
  if (changeSet.files.length === 0) findings.push(refuse("size.empty", null, "Nothing is changed."));
  if (changeSet.files.length > maxFiles) {
    findings.push(
      refuse("size.files", null, `${changeSet.files.length} files are changed, the limit is ${maxFiles}.`),
    );
  }
  const bytes = changeSet.files.reduce((sum, file) => sum + byteLength(file), 0);
  if (bytes > maxBytes) {
    findings.push(refuse("size.bytes", null, `The change has ${bytes} bytes, the limit is ${maxBytes}.`));
  }
  return findings;
}

/** Two that are one to git or on some machine. A file that is renamed makes room for its new name. */
function judgeNames(files: readonly FileChange[]): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) findings.push(refuse("path.duplicate", path, "The path is named twice."));
    seen.add(path);
  }
  const gone = new Set(files.filter(({ kind }) => kind === "delete").map(({ path }) => path));
  const writes = files.filter((file) => file.kind === "write");
  const made = writes.filter(({ baseMode }) => baseMode === null);
  const kept = writes.filter(({ baseMode }) => baseMode !== null).map(({ path }) => path);
  const clashes = twins([...new Set(made.map(({ path }) => path))], kept);
  for (const { path, twinOf } of made) {
    const twin = clashes.get(path) ?? (twinOf === undefined || gone.has(twinOf) ? undefined : twinOf);
    if (twin === undefined) continue;
    const message = `The path cannot stand beside \`${twin}\` on every machine.`;
    findings.push(refuse("path.twin", path, message));
  }
  return findings;
}

function judgeFile(file: FileChange, settings: Settings): PolicyFinding[] {
  const standing = file.kind === "write" && file.baseMode === null ? "new" : "there";
  const problem = pathProblem(file.path, standing);
  if (problem !== undefined) return [refuse("path", file.path, problem)];
  const findings: PolicyFinding[] = [];
  if (isProtected(file.path, settings)) {
    findings.push(block("path.protected", file.path, "The path is protected; an owner must override."));
  }
  if (file.kind === "delete") return findings;
  if (file.mode === "120000") findings.push(refuse("mode.symlink", file.path, "Symlinks are refused."));
  if (file.mode === "160000") findings.push(refuse("mode.submodule", file.path, "Submodules are refused."));
  if (file.mode === "100755" && file.baseMode !== "100755") {
    findings.push(refuse("mode.executable", file.path, "A file may not become executable."));
  }
  const content = Buffer.from(file.contentBase64, "base64");
  const binary = content.includes(0);
  if (binary && content.byteLength > LIMITS.binaryFileBytes) {
    findings.push(refuse("size.binary", file.path, "Binary files over 1 MB are refused."));
  }
  if (binary && BINARY_NAME.test(file.path)) return findings;
  if (binary) {
    findings.push(block("content.binary", file.path, "The file is binary, so nobody can review it as text."));
  }
  const hidden = addedHidden(content.toString("utf8"), file.hiddenBefore);
  if (hidden !== undefined) {
    const { codePoint, line } = hidden;
    const message = `Line ${line} adds an invisible or text-reordering character (${codePoint}).`;
    findings.push(block("content.hidden", file.path, message));
  }
  return findings;
}

function isProtected(path: string, settings: Settings): boolean {
  const lower = path.toLowerCase();
  const covers = (entry: string) => {
    const rule = entry.toLowerCase();
    return rule.endsWith("/") ? lower.startsWith(rule) : lower === rule || lower.startsWith(`${rule}/`);
  };
  if (settings.policy.protected.some(covers)) return true;
  if (settings.policy.allow.some(covers)) return false;
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  return (
    DOT_FOLDER.test(lower) || PROTECTED.some(covers) || ANYWHERE.has(name) || ANYWHERE_PATTERN.test(name)
  );
}

function byteLength(file: FileChange): number {
  return file.kind === "write" ? Math.floor((file.contentBase64.length * 3) / 4) : 0;
}

function refuse(rule: string, path: string | null, message: string): PolicyFinding {
  return { rule, path, message, level: "refuse" };
}

function block(rule: string, path: string | null, message: string): PolicyFinding {
  return { rule, path, message, level: "block" };
}
