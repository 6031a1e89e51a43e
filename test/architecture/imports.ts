import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type ParseResult, parseSync } from "rolldown/utils";

export const ROOT = resolve(import.meta.dirname, "../..");

export type Source = {
  /** From the root, with forward slashes. */
  path: string;
  room: string;
  isTest: boolean;
  text: string;
  imports: { specifier: string; typeOnly: boolean }[];
};

const ROOMS = ["app", "action", "control-plane"];

/** Every TypeScript file of every room, with what it imports. */
export function readSources(): Source[] {
  const packages = readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}`);
  return [...ROOMS, ...packages]
    .filter((room) => room !== "packages/proprietary-ai")
    .flatMap((room) => readRoom(room));
}

function readRoom(room: string): Source[] {
  const entries = readdirSync(join(ROOT, room, "src"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
    .filter((entry) => !/(^|\/)(fixtures|example|repository)(\/|$)/.test(relative(ROOT, entry.parentPath)))
    .map((entry) => readSource(room, join(entry.parentPath, entry.name)));
}

function readSource(room: string, file: string): Source {
  const text = readFileSync(file, "utf8");
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const path = relative(ROOT, file);
  return {
    path,
    room,
    isTest: /\.test\.ts$|\/testing\//.test(path),
    text,
    imports: [
      ...module.staticImports.map((entry) => ({
        specifier: entry.moduleRequest.value,
        typeOnly: isTypeOnly(entry),
      })),
      ...module.staticExports.flatMap((entry) =>
        entry.entries.flatMap(({ moduleRequest, isType }) =>
          moduleRequest === null ? [] : [{ specifier: moduleRequest.value, typeOnly: isType }],
        ),
      ),
      // A computed specifier names no file we could check.
      ...module.dynamicImports
        .map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end))
        .filter((specifier) => /^["']/.test(specifier))
        .map((specifier) => ({ specifier: specifier.slice(1, -1), typeOnly: false })),
    ],
  };
}

function isTypeOnly(entry: ParseResult["module"]["staticImports"][number]): boolean {
  return entry.entries.length > 0 && entry.entries.every((name) => name.isType);
}

/** The file a relative import names, from the root. */
export function resolveImport(source: Source, specifier: string): string {
  return relative(ROOT, resolve(ROOT, dirname(source.path), specifier));
}
