import { isAboutPackages } from "./executes.ts";

/** Where packages come from when nobody says otherwise, and names that only look like addresses. */
const USUAL = new Set([
  ...["registry.npmjs.org", "registry.yarnpkg.com", "npm.pkg.github.com", "jsr.io", "deno.land"],
  ...["pypi.org", "files.pythonhosted.org", "proxy.golang.org", "sum.golang.org", "golang.org", "gopkg.in"],
  ...[
    "crates.io",
    "static.crates.io",
    "index.crates.io",
    "rubygems.org",
    "packagist.org",
    "repo.packagist.org",
  ],
  ...[
    "repo.maven.apache.org",
    "repo1.maven.org",
    "plugins.gradle.org",
    "services.gradle.org",
    "api.nuget.org",
  ],
  ...["hex.pm", "pub.dev", "docker.io", "maven.apache.org", "www.w3.org", "json.schemastore.org"],
]);

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const NAME = `(?:${LABEL}\\.){1,10}[a-z]{2,24}`;
const HOST = `(?:${NAME}|localhost|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-f:]{2,45}\\])(?::\\d{1,5})?`;
/** Bounded everywhere, and each begins at a border of words: linear. */
const ADDRESSES = [
  // https://user@host/…, git+ssh://host, //host/ as in `.npmrc`
  new RegExp(
    `(?<![\\w:])(?:[a-z][a-z0-9+.-]{1,20}:)?//(?:[^\\s/@"'<>]{1,200}@)?(${HOST})(?![\\w.-]*@)`,
    "gi",
  ),
  // git@host:path
  new RegExp(`(?<![\\w.-])[a-z0-9_-]{1,40}@(${NAME}):(?!\\d)`, "gi"),
];
/** `host/path`, as modules and images are named; in other files that is a path. */
const BARE = new RegExp(`(?<![\\w./@:-])(${NAME}(?::\\d{1,5})?)/[\\w@]`, "gi");
const NAMING =
  /(?:^|\/)(?:go\.(?:mod|work)|[^/]*(?:docker|container|compose)[^/]*|[^/]+\.ya?ml|[^/]+\.bzl|jenkinsfile)$/i;
/** A name of the system of names is no longer; with a port. */
const NAMED = 190;
/** `github:owner/name` and its kind. */
const SHORT = /(?<![\w.-])(github|gitlab|bitbucket|gist):[\w.-]{1,100}/g;
const SHORT_HOSTS: Record<string, string> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
  gist: "gist.github.com",
};

/** The hosts that a file names from which code or packages may come: manifests, lock files, what a machine runs. */
export function hostsIn(path: string, text: string): string[] {
  if (!isAboutPackages(path)) return [];
  const hosts = new Set<string>();
  const patterns = NAMING.test(path) ? [...ADDRESSES, BARE] : ADDRESSES;
  for (const pattern of patterns) {
    for (const [, host = ""] of text.matchAll(pattern)) hosts.add(host.toLowerCase());
  }
  for (const [, short = ""] of text.matchAll(SHORT)) hosts.add(SHORT_HOSTS[short] ?? "");
  return [...hosts].filter((host) => !USUAL.has(host) && host.length <= NAMED).sort();
}
