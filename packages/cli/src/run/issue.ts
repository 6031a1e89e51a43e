import { readFile } from "node:fs/promises";
import { AicdError, cleanText, LIMITS, type Snapshot } from "@aicd/core";
import { fetchStart, type InstallationClients, sanitize } from "@aicd/github";
import { z } from "zod";
import type { RepositoryAddress } from "./repository-address.ts";

const Found = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullable(),
  html_url: z.string(),
});
/** As GitHub bounds the title of an issue. */
const TITLE_CHARACTERS = 256;
const ME = { login: "you", permission: "admin" } as const;

/** A file whose first line is the title. */
export async function issueFromFile(path: string): Promise<Snapshot> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new AicdError("missing", `The issue file ${path} cannot be read.`, { cause });
  }
  const [first = "", ...rest] = text.trim().split("\n");
  const title = cleanText(first.slice(0, 10_000).replace(/^#+\s*/, ""), TITLE_CHARACTERS).trim();
  if (title === "") throw new AicdError("invalid", `${path} is empty; its first line is the issue's title.`);
  const issue = { number: 0, title, body: bodyOf(rest), url: "", author: ME };
  return { issue, comments: [], guidance: [], removed: [] };
}

function bodyOf(lines: readonly string[]): string {
  return cleanText(lines.join("\n").trim(), LIMITS.untrustedTextCharacters);
}

/** The thread of an issue on GitHub, cleaned. Without a token only the issue itself, of a public repository. */
export async function issueFromGitHub(
  repository: RepositoryAddress,
  number: number,
  access: { clients: InstallationClients | undefined; fetch?: typeof fetch },
): Promise<Snapshot> {
  if (access.clients !== undefined) {
    const start = await fetchStart(access.clients.read, repository, {
      issueNumber: number,
      base: undefined,
      head: undefined,
      guidance: [],
      asked: Promise.resolve(ME),
    });
    if (start === undefined) throw absent(repository, number, "is not there, or the token may not see it");
    return start.snapshot;
  }
  const address = `${repository.api}/repos/${repository.owner}/${repository.name}/issues/${number}`;
  const headers = { accept: "application/vnd.github+json" };
  const response = await (access.fetch ?? fetch)(address, { headers });
  if (!response.ok) {
    throw absent(
      repository,
      number,
      `was answered with ${response.status}. For a private repository set GITHUB_TOKEN`,
    );
  }
  const found = Found.parse(await response.json());
  const [title, body] = [sanitize(found.title), sanitize(found.body ?? "")];
  const author = { login: "reporter", permission: "none" } as const;
  return {
    issue: { number: found.number, title: title.text, body: body.text, url: found.html_url, author },
    comments: [],
    guidance: [],
    removed: [...title.removed, ...body.removed],
  };
}

function absent(repository: RepositoryAddress, number: number, why: string): AicdError {
  return new AicdError(
    "missing",
    `Issue ${number} of ${repository.owner}/${repository.name} at ${repository.server} ${why}.`,
  );
}
