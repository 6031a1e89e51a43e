import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AicdError } from "@aicd/core";
import { workflowFile } from "@aicd/runner";
import type { ModelEnv } from "../env.ts";
import { example } from "../example/index.ts";
import { makeScratch } from "../scratch.ts";

const run = promisify(execFile);

/** What the demo works on: the bundled example, or somebody's own repository and issue. */
export type DemoSource = {
  directory: string;
  name: string;
  issue: { title: string; body: string };
  /** Answered by the bundled recording instead of a model. */
  recorded: boolean;
  review: typeof example.review | undefined;
};

export async function chooseSource(options: {
  repo?: string;
  issue?: string;
  model: ModelEnv;
  /** Told of every folder that is made, before anything is in it. */
  made: (folder: string) => void;
}): Promise<DemoSource> {
  const hasModel = options.model.anthropicKey !== undefined || options.model.openaiKey !== undefined;
  if (options.repo === undefined && options.issue === undefined) {
    return {
      directory: example.repositoryDirectory,
      name: example.name,
      issue: { title: example.issueTitle, body: example.issueBody },
      recorded: !hasModel,
      review: example.review,
    };
  }
  if (options.repo === undefined || options.issue === undefined) {
    throw new AicdError("invalid", "`--repo DIR` and `--issue FILE` belong together.");
  }
  if (!hasModel) {
    throw new AicdError(
      "invalid",
      "Your own repository needs a model: set ANTHROPIC_API_KEY or OPENAI_API_KEY. Without a key only the bundled example runs.",
    );
  }
  const directory = await withWorkflow(options.repo, options.made);
  const name =
    options.repo
      .replace(/[/\\]+$/, "")
      .split(/[/\\]/)
      .pop() ?? "repository";
  return {
    directory,
    name,
    issue: await readIssue(options.issue),
    recorded: false,
    review: undefined,
  };
}

async function readIssue(path: string): Promise<{ title: string; body: string }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new AicdError("missing", `The issue file ${path} cannot be read.`, { cause });
  }
  const [first = "", ...rest] = text.trimStart().split("\n");
  const title = first.replace(/^#+\s*/, "").trim();
  if (title === "")
    throw new AicdError("invalid", `The issue file ${path} is empty; its first line is the title.`);
  return { title, body: rest.join("\n").trim() };
}

/** A copy with the workflow every customer adds; the repository itself is not touched. */
async function withWorkflow(repo: string, made: (folder: string) => void): Promise<string> {
  const copy = await makeScratch("demo-repo");
  made(copy);
  const git = (...args: string[]) => run("git", args, { cwd: copy });
  try {
    await run("git", ["clone", "--quiet", "--no-local", "--", repo, copy]);
  } catch (cause) {
    throw new AicdError(
      "invalid",
      `${repo} cannot be cloned. \`--repo\` takes a git repository with at least one commit.`,
      { cause },
    );
  }
  const workflow = join(copy, ".github", "workflows", "aicd.yml");
  await mkdir(dirname(workflow), { recursive: true });
  await writeFile(workflow, workflowFile([]));
  await git("add", "--force", "--", workflow);
  const { stdout: changed } = await git("status", "--porcelain");
  const author = [
    "-c",
    "user.name=AI-CD demo",
    "-c",
    "user.email=demo@localhost",
    "-c",
    "commit.gpgsign=false",
  ];
  if (changed !== "")
    await git(...author, "commit", "--quiet", "--no-verify", "-m", "Add the AI-CD workflow");
  return copy;
}
