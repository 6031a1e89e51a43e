/** What the environment says about models; the demo passes it on to the server it starts. */
export type ModelEnv = {
  anthropicKey: string | undefined;
  anthropicUrl: string | undefined;
  openaiKey: string | undefined;
  openaiUrl: string | undefined;
};

export function modelEnv(source: Record<string, string | undefined> = process.env): ModelEnv {
  const read = (name: string) => (source[name] === "" ? undefined : source[name]);
  return {
    anthropicKey: read("ANTHROPIC_API_KEY"),
    anthropicUrl: read("ANTHROPIC_BASE_URL"),
    openaiKey: read("OPENAI_API_KEY"),
    openaiUrl: read("OPENAI_BASE_URL"),
  };
}

/** For reading issues of private repositories, and for opening draft pull requests. */
export function githubToken(source: Record<string, string | undefined> = process.env): string | undefined {
  return source.GITHUB_TOKEN === "" ? undefined : source.GITHUB_TOKEN;
}

/** A GitHub other than github.com, named as Actions name it: both variables or none. */
export function githubUrls(
  source: Record<string, string | undefined> = process.env,
): { api: string; server: string } | undefined {
  const { GITHUB_API_URL: api, GITHUB_SERVER_URL: server } = source;
  if (api === undefined || server === undefined || api === "" || server === "") return undefined;
  return { api: api.replace(/\/+$/, ""), server: server.replace(/\/+$/, "") };
}

/** The little a child process needs of ours to run at all. */
export function baseEnv(source: Record<string, string | undefined> = process.env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG", "USER"]) {
    const value = source[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** The server the `tasks` commands speak to, and the key they show. */
export function serverEnv(source: Record<string, string | undefined> = process.env): {
  url: string | undefined;
  apiKey: string | undefined;
} {
  const read = (name: string) => (source[name] === "" ? undefined : source[name]);
  return { url: read("AICD_URL"), apiKey: read("AICD_API_KEY") };
}

/** Where a browser may be that paints our pages. */
export function browserEnv(source: Record<string, string | undefined> = process.env): {
  CHROME_PATH: string | undefined;
  PATH: string;
} {
  const { CHROME_PATH, PATH = "" } = source;
  return { CHROME_PATH: CHROME_PATH === "" ? undefined : CHROME_PATH, PATH };
}
