import pc from "picocolors";
import { renderMarkdown } from "./markdown.ts";
import { shortHashes } from "./words.ts";

type Pull = {
  title: string;
  body: string | null;
  html_url: string;
  draft: boolean;
  merged: boolean;
  head: { ref: string };
};
type File = { filename: string; status: string; patch?: string };
type Comment = { user: { login: string }; path: string; body: string; in_reply_to_id?: number };
type Commit = { sha: string; commit: { message: string; verification?: { verified: boolean } } };

export type PullReport = { url: string; branch: string; commits: number; text: string };

/** The pull request as a reader of GitHub sees it: text, commits, threads, diff. */
export async function reportPull(input: {
  url: string;
  token: string;
  repo: string;
  number: number;
}): Promise<PullReport> {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${input.url}/repos/${input.repo}/pulls/${input.number}${path}`, {
      headers: { authorization: `Bearer ${input.token}` },
    });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return (await response.json()) as T;
  };
  const [pull, files, comments, commits] = await Promise.all([
    get<Pull>(""),
    get<File[]>("/files"),
    get<Comment[]>("/comments"),
    get<Commit[]>("/commits"),
  ]);
  const text = [
    rule(`Pull request #${input.number}: ${pull.title}`),
    renderMarkdown(shortHashes(pull.body ?? "")),
    rule(`${commits.length} commits on ${pull.head.ref}`),
    ...commits.map((commit) => {
      const verified = commit.commit.verification?.verified === true ? pc.green(" ✔ Verified") : "";
      return `${pc.yellow(commit.sha.slice(0, 7))} ${commit.commit.message.split("\n")[0]}${verified}`;
    }),
    ...(comments.length === 0 ? [] : [rule("Review threads"), ...comments.map(threadLine)]),
    rule("Diff"),
    ...files.map((file) => `${pc.bold(`${file.status} ${file.filename}`)}\n${colour(file.patch ?? "")}`),
    "",
  ].join("\n");
  return { url: pull.html_url, branch: pull.head.ref, commits: commits.length, text };
}

function rule(title: string): string {
  return `\n${pc.bold(pc.blue(`── ${title} ${"─".repeat(Math.max(0, 76 - title.length))}`))}`;
}

function threadLine(comment: Comment): string {
  const indent = comment.in_reply_to_id === undefined ? "" : "   ↳ ";
  return `${indent}${pc.magenta(`@${comment.user.login}`)} ${pc.dim(comment.path)} ${renderMarkdown(shortHashes(comment.body))}`;
}

function colour(patch: string): string {
  return patch
    .split("\n")
    .map((line) => (line.startsWith("+") ? pc.green(line) : line.startsWith("-") ? pc.red(line) : line))
    .join("\n");
}
