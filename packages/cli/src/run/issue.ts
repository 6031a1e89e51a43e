import { readFile } from "node:fs/promises";
import { AicdError, type Snapshot } from "@aicd/core";
import { z } from "zod";

export type Issue = Pick<Snapshot["issue"], "number" | "title" | "body" | "url">;

const Found = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullable(),
  html_url: z.string(),
});
const ISSUE_URL = /^https?:\/\/([^/]+)\/([\w.-]+)\/([\w.-]+)\/issues\/(\d+)/;
const ORIGIN = /[/:@]([\w.-]+\.[a-z]+)[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/;

/**
 * The issue a person names: the URL of one on GitHub, `#12` of the repository's origin, or a file whose
 * first line is the title.
 */
export async function readIssue(
  name: string,
  context: { origin: string | undefined; token: string | undefined; fetch?: typeof fetch },
): Promise<Issue> {
  const url = ISSUE_URL.exec(name);
  if (url !== null) return fetchIssue({ host: url[1], owner: url[2], repo: url[3], number: url[4] }, context);
  const short = /^#?(\d+)$/.exec(name);
  if (short === null) return fromFile(name);
  const origin = ORIGIN.exec(context.origin ?? "");
  if (origin === null) {
    throw new AicdError(
      "invalid",
      `${name} needs an origin on GitHub; give the issue's URL or a file instead.`,
    );
  }
  return fetchIssue({ host: origin[1], owner: origin[2], repo: origin[3], number: short[1] }, context);
}

async function fetchIssue(
  place: {
    host: string | undefined;
    owner: string | undefined;
    repo: string | undefined;
    number: string | undefined;
  },
  context: { token: string | undefined; fetch?: typeof fetch },
): Promise<Issue> {
  const { host, owner, repo, number } = place;
  const api = host === "github.com" ? "https://api.github.com" : `https://${host}/api/v3`;
  const headers = {
    accept: "application/vnd.github+json",
    ...(context.token === undefined ? {} : { authorization: `Bearer ${context.token}` }),
  };
  const address = `${api}/repos/${owner}/${repo}/issues/${number}`;
  const response = await (context.fetch ?? fetch)(address, { headers });
  if (!response.ok) {
    throw new AicdError(
      "missing",
      `GitHub answered ${response.status} for ${address}. For a private repository set GITHUB_TOKEN.`,
    );
  }
  const found = Found.parse(await response.json());
  return { number: found.number, title: found.title, body: found.body ?? "", url: found.html_url };
}

async function fromFile(path: string): Promise<Issue> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new AicdError("missing", `The issue file ${path} cannot be read.`, { cause });
  }
  const [first = "", ...rest] = text.trim().split("\n");
  const title = first.replace(/^#+\s*/, "").trim();
  if (title === "") throw new AicdError("invalid", `${path} is empty; its first line is the issue's title.`);
  return { number: 0, title, body: rest.join("\n").trim(), url: "" };
}
