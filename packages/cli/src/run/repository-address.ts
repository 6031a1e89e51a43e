import { AicdError } from "@aicd/core";

/** GitHub as it is reached: github.com, an Enterprise server, or a local one named by the environment. */
export type GitHubUrls = { api: string; server: string };

/** A repository on a GitHub. */
export type RepositoryAddress = GitHubUrls & { owner: string; name: string };

const ISSUE_URL = /^(https?:\/\/[^/]+)\/([\w.-]+)\/([\w.-]+)\/issues\/(\d+)/;
const NAME = /^([\w.-]+)\/([\w.-]+)$/;

/** The addresses of a server: its own API, unless the environment names the server and says otherwise. */
function urlsOf(server: string, known: GitHubUrls | undefined): GitHubUrls {
  if (known !== undefined && known.server === server) return known;
  if (server === "https://github.com") return { server, api: "https://api.github.com" };
  return { server, api: `${server}/api/v3` };
}

/** Where an issue is, or undefined for a file: its URL says, else the repository that was named. */
export function addressOfIssue(
  issue: string,
  context: { repo: string | undefined; origin: string | undefined; urls: GitHubUrls | undefined },
): { address: RepositoryAddress; number: number } | undefined {
  const url = ISSUE_URL.exec(issue);
  if (url !== null) {
    const [, server = "", owner = "", name = "", number] = url;
    return { address: { ...urlsOf(server, context.urls), owner, name }, number: Number(number) };
  }
  const short = /^#?(\d+)$/.exec(issue);
  if (short === null) return undefined;
  const address = addressOfName(context.repo, context.urls) ?? addressOfOrigin(context.origin, context.urls);
  if (address === undefined) {
    throw new AicdError(
      "invalid",
      `${issue} needs an origin on GitHub; give the issue's URL, \`--repo owner/name\`, or a file instead.`,
    );
  }
  return { address, number: Number(short[1]) };
}

/** `owner/name` on the GitHub of the environment. */
export function addressOfName(
  name: string | undefined,
  urls: GitHubUrls | undefined,
): RepositoryAddress | undefined {
  const found = NAME.exec(name ?? "");
  if (found === null) return undefined;
  const server = urls?.server ?? "https://github.com";
  return { ...urlsOf(server, urls), owner: found[1] ?? "", name: found[2] ?? "" };
}

/** `https://host/owner/name.git`, `git@host:owner/name`; whatever else is no GitHub we know of. */
function addressOfOrigin(
  origin: string | undefined,
  urls: GitHubUrls | undefined,
): RepositoryAddress | undefined {
  const http = /^(https?):\/\/(?:[^@/]+@)?([^/]+)\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(origin ?? "");
  if (http !== null) {
    const [, scheme, host, owner = "", name = ""] = http;
    return { ...urlsOf(`${scheme}://${host}`, urls), owner, name };
  }
  const ssh = /^(?:ssh:\/\/)?[\w.-]+@([\w.-]+)(?::\d+)?[:/]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(
    origin ?? "",
  );
  if (ssh === null) return undefined;
  const [, host, owner = "", name = ""] = ssh;
  return { ...urlsOf(`https://${host}`, urls), owner, name };
}
