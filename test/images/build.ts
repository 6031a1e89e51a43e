import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { enter } from "../fresh/enter.ts";
import { copyContext } from "./context.ts";
import { readDockerfile, type Stage } from "./dockerfile.ts";

export type Image = {
  root: string;
  env: Record<string, string>;
  cwd: string;
  user: string;
  command: string[];
  health: string[];
  volumes: string[];
};

/**
 * What `docker build` would make of a Dockerfile, without an engine: the same steps on the same files, each stage in a
 * copy of `base` instead of the image it names.
 */
export async function build(given: {
  checkout: string;
  dockerfile: string;
  base: string;
  directory: string;
}): Promise<Image> {
  const { checkout, dockerfile, base, directory } = given;
  const context = mkdtempSync(join(directory, "context-"));
  copyContext(checkout, join(checkout, `${dockerfile}.dockerignore`), context);
  const built = new Map<string, Image>();
  let last: Image | undefined;
  for (const stage of readDockerfile(readFileSync(join(checkout, dockerfile), "utf8"))) {
    const root = join(directory, `stage-${built.size}`);
    execFileSync("cp", ["--archive", "--reflink=auto", base, root]);
    last = await runStage(stage, { root, context, built });
    built.set(stage.alias ?? `${built.size}`, last);
  }
  if (last === undefined) throw new Error(`${dockerfile} has no stage.`);
  return last;
}

async function runStage(
  stage: Stage,
  { root, context, built }: { root: string; context: string; built: Map<string, Image> },
): Promise<Image> {
  const image: Image = { root, env: {}, cwd: "/", user: "root", command: [], health: [], volumes: [] };
  for (const { name, text } of stage.steps) {
    if (name === "WORKDIR") {
      image.cwd = posix.resolve(image.cwd, text);
      mkdirSync(join(root, image.cwd), { recursive: true });
    } else if (name === "ENV") {
      for (const [, key = "", value = ""] of text.matchAll(/(\w+)=(\S+)/g)) image.env[key] = value;
    } else if (name === "COPY") {
      copy(text, image, { context, built });
    } else if (name === "RUN") {
      const script = `cd ${image.cwd} && ${text}`;
      const { code, output } = await enter(root, { script, node: "24", env: image.env });
      if (code !== 0) throw new Error(`RUN ${text}\n${output.slice(-2_000)}`);
    } else if (name === "USER") image.user = text;
    else if (name === "CMD") image.command = JSON.parse(text) as string[];
    else if (name === "VOLUME") image.volumes = JSON.parse(text) as string[];
    else if (name === "HEALTHCHECK") image.health = JSON.parse(text.replace(/^.*?CMD /, "")) as string[];
  }
  return image;
}

function copy(
  text: string,
  image: Image,
  { context, built }: { context: string; built: Map<string, Image> },
): void {
  const [, stage, from = "", to = ""] = /^(?:--from=(\S+)\s+)?(\S+)\s+(\S+)$/.exec(text) ?? [];
  const source = stage === undefined ? context : built.get(stage)?.root;
  if (source === undefined || from === "") throw new Error(`COPY ${text} is not understood.`);
  cpSync(join(source, from), join(image.root, posix.resolve(image.cwd, to)), {
    recursive: true,
    verbatimSymlinks: true,
  });
}
