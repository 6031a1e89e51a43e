import { PATH_CLASSES, type PathClass, type PathClassName } from "./classes.ts";

/** Angular's source files of this name are compiled like any other. */
const SOURCE = /(?:^|\/)src\/app\/(?:[^/]{1,200}\/){0,20}[\w-]{1,100}\.config(?:\.server|\.browser)?\.ts$/;
/** Tools keep their orders in folders: dot folders (`.github`, `.husky`, `.vscode`, `.claude`), and these. */
const FOLDERS: readonly [RegExp, PathClassName][] = [
  [
    /(?:^|\/)\.(?:claude|cursor|codex|gemini|qwen|windsurf|cline|clinerules|roo|kilocode|kiro|junie|augment|continue|aider|goose|opencode|agents?|amazonq|trae|zed|ai|mcp|copilot|openhands|devin|factory|crush|warp|jules)\//,
    "agent",
  ],
  [
    /(?:^|\/)(?:\.(?:circleci|buildkite|gitlab|gitea|forgejo|semaphore|woodpecker|drone|tekton|teamcity|azure-pipelines|azuredevops|harness|ci)|bamboo-specs|ci_scripts)\/|(?:^|\/)\.github\/(?:workflows|actions)\//,
    "ci",
  ],
  [/(?:^|\/)\.(?:husky|githooks|git-hooks|hooks|lefthook)\//, "hooks"],
  [/(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/, "packages"],
  [/(?:^|\/)(?:buildsrc|build-logic)\//, "build"],
  [/(?:^|\/)gradle\/wrapper\//, "build"],
];
const DOT_FOLDER = /(?:^|\/)\.[^/]*\//;

const classes = Object.entries(PATH_CLASSES).map(([name, known]: [string, PathClass]) => ({
  name: name as PathClassName,
  names: new Set(known.names.split(/\s+/).filter((each) => each !== "")),
  root: new Set((known.root ?? "").split(/\s+/).filter((each) => each !== "")),
  like: known.like,
}));

/** What reads a path as orders, or undefined for files that only are what the product consists of. */
export function classOf(path: string): PathClassName | undefined {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  // Before the folder: `.github/CODEOWNERS` is about owners, whatever folder it is in.
  const byFolder = FOLDERS.find(([pattern]) => pattern.test(lower))?.[1];
  if (byFolder !== undefined) return byFolder;
  const byName = classes.find(
    (each) =>
      each.names.has(name) ||
      (name === lower && each.root.has(name)) ||
      (each.like?.test(name) === true && !SOURCE.test(lower)),
  );
  return byName?.name ?? (DOT_FOLDER.test(lower) ? "environment" : undefined);
}

/** Whether a file says where packages or code come from, so that a new host in it is news. */
export function isAboutPackages(path: string): boolean {
  const name = classOf(path);
  return name !== undefined && name !== "agent" && name !== "ownership";
}
