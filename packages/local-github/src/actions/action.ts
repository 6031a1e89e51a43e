import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

/** A JavaScript action on disk, as its `action.yml` describes it. */
export interface LocalAction {
  main: string;
  post: string | undefined;
  inputs: Record<string, { required: boolean; default: string | undefined }>;
}

interface Metadata {
  inputs?: Record<string, { required?: boolean; default?: unknown } | null>;
  runs?: { using?: string; main?: string; post?: string };
}

/** Reads an action's metadata; throws for kinds other than JavaScript. */
export async function readAction(directory: string): Promise<LocalAction> {
  const metadata: Metadata = parse(await readMetadata(directory));
  const { using = "", main, post } = metadata.runs ?? {};
  if (!/^node\d+$/.test(using) || !main)
    throw new Error(`an action that runs using "${using}" is not supported`);
  const inputs = Object.entries(metadata.inputs ?? {}).map(
    ([name, input]): [string, LocalAction["inputs"][string]] => {
      const fallback = input?.default;
      return [
        name,
        {
          required: input?.required === true,
          default: fallback === undefined ? undefined : String(fallback),
        },
      ];
    },
  );
  return {
    main: join(directory, main),
    post: post === undefined ? undefined : join(directory, post),
    inputs: Object.fromEntries(inputs),
  };
}

async function readMetadata(directory: string): Promise<string> {
  for (const name of ["action.yml", "action.yaml"]) {
    const text = await readFile(join(directory, name), "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  throw new Error(
    `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${directory}'. Did you forget to run actions/checkout before running your local action?`,
  );
}

/** `INPUT_` variables as the runner sets them: upper case, spaces to underscores, dashes kept. */
export function inputEnvironment(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
      value,
    ]),
  );
}
