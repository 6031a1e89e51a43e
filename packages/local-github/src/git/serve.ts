import { spawn } from "node:child_process";
import { searchPath } from "../env.ts";
import { enter, findRepository, permissionsIn } from "../http/door.ts";
import { GitHubError } from "../http/errors.ts";
import { recordWrite } from "../http/ledger.ts";
import { covers } from "../http/permissions.ts";
import { fullName } from "../repositories/shape.ts";
import { declinedPush, isUnforced } from "../rules/branch.ts";
import { refusedPush } from "../rules/ref.ts";
import type { Identity } from "../world/identity.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { ZERO_OID } from "./git.ts";
import { withLock } from "./lock.ts";
import { refMoved } from "./moved.ts";
import { pushCommands } from "./receive.ts";
import { listRefs, type Ref } from "./refs.ts";
import { GIT_ENV } from "./run.ts";

export interface GitRequest {
  method: string;
  owner: string;
  /** Without `.git`. */
  name: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  service: string;
  query: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
  identity: Identity;
}

export interface GitAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Serves one smart-HTTP request through git's own backend, after asking who may. Throws GitHub's refusals. */
export async function serveGit(world: World, request: GitRequest): Promise<GitAnswer> {
  const repository = findRepository(world, `${request.owner}/${request.name}`);
  const pushing = `${request.service}?${request.query}`.includes("git-receive-pack");
  admit(request.identity, repository, pushing);
  if (request.service !== "git-receive-pack") return backend(repository, request, OPEN);
  return withLock(world, repository, async () => {
    const before = await listRefs(repository);
    const verdict = await judge(repository, request, before);
    const answer = await backend(repository, request, verdict);
    await announceMoves(world, repository, request.identity, before, await listRefs(repository));
    return answer;
  });
}

/** Git asks without credentials first; 401 makes it ask again with them. */
function admit(identity: Identity, repository: Repository, pushing: boolean): void {
  if (identity.kind === "anonymous" && (pushing || repository.private)) throw challenge();
  const need = pushing
    ? ({ app: ["contents:write"], user: "write" } as const)
    : ({ app: ["contents:read"], user: "read" } as const);
  enter(identity, repository, need);
}

export function challenge(): GitHubError {
  return new GitHubError(401, "Requires authentication", {}, { "www-authenticate": 'Basic realm="GitHub"' });
}

interface Verdict {
  /** Why the push is declined as a whole, line by line; empty when it may come in. */
  declined: string;
  /** Branches that may not lose commits, each between spaces. */
  unforced: string;
}

async function judge(repository: Repository, request: GitRequest, before: readonly Ref[]): Promise<Verdict> {
  const { account } = enter(request.identity, repository, { app: ["contents:read"], user: "read" });
  const others = before.map((each) => each.name);
  const lines: string[] = [];
  let unforced = " ";
  for (const move of pushCommands(request.body, request.headers["content-encoding"])) {
    if (move.before === ZERO_OID) lines.push(...(refusedPush(move.ref, others) ?? []));
    lines.push(...((await declinedPush(repository, account, move)) ?? []));
    if (isUnforced(repository, account, move.ref)) unforced += `${move.ref} `;
  }
  return { declined: lines.join("\n"), unforced };
}

const OPEN: Verdict = { declined: "", unforced: " " };

function backend(repository: Repository, request: GitRequest, verdict: Verdict): Promise<GitAnswer> {
  const { headers } = request;
  const granted = permissionsIn(request.identity, repository);
  const mayChangeWorkflows = granted === undefined || covers(granted, "workflows", "write");
  const child = spawn("git", ["http-backend"], {
    cwd: repository.directory,
    env: {
      ...GIT_ENV,
      PATH: searchPath(),
      HOME: repository.directory,
      GIT_PROJECT_ROOT: repository.directory,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: headers["git-protocol"] ?? "",
      PATH_INFO: `/${request.service}`,
      QUERY_STRING: request.query,
      REQUEST_METHOD: request.method,
      REMOTE_USER: "git",
      REMOTE_ADDR: "127.0.0.1",
      CONTENT_TYPE: headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
      LOCAL_GITHUB_DECLINED: verdict.declined,
      LOCAL_GITHUB_UNFORCED: verdict.unforced,
      LOCAL_GITHUB_WORKFLOWS: mayChangeWorkflows ? "yes" : "no",
      ...(headers["content-length"] ? { CONTENT_LENGTH: headers["content-length"] } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  // The backend may answer before it has read everything.
  child.stdin.on("error", () => undefined);
  child.stdin.end(request.body);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(parseCgi(Buffer.concat(chunks))));
  });
}

function parseCgi(output: Buffer): GitAnswer {
  const end = output.indexOf("\r\n\r\n");
  const headers: Record<string, string> = {};
  for (const line of output.subarray(0, Math.max(end, 0)).toString().split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = "200", ...rest } = headers;
  return {
    status: end < 0 ? 500 : Number.parseInt(status, 10),
    headers: rest,
    body: output.subarray(end + 4),
  };
}

async function announceMoves(
  world: World,
  repository: Repository,
  identity: Identity,
  before: readonly Ref[],
  after: readonly Ref[],
): Promise<void> {
  const old = new Map(before.map((ref) => [ref.name, ref.oid]));
  const now = new Map(after.map((ref) => [ref.name, ref.oid]));
  const actor = enter(identity, repository, { app: ["contents:read"], user: "read" });
  for (const ref of new Set([...old.keys(), ...now.keys()])) {
    const move = { ref, before: old.get(ref) ?? ZERO_OID, after: now.get(ref) ?? ZERO_OID };
    if (move.before === move.after) continue;
    recordWrite(world, identity, {
      method: "POST",
      route: "git receive-pack",
      repo: fullName(repository),
      summary: `pushed ${ref} from ${move.before.slice(0, 12)} to ${move.after.slice(0, 12)}`,
      body: move,
    });
    await refMoved(world, repository, move, actor);
  }
}
