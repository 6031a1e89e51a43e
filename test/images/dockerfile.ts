type Instruction = { name: string; text: string };
export type Stage = { from: string; alias: string | undefined; steps: Instruction[] };

/** Instructions we know the meaning of; another one in a file is an error here, not something passed over. */
const KNOWN = new Set([
  ...["ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER"],
  ...["VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "CMD"],
]);

/** The stages of a Dockerfile, with arguments filled in. @throws Error on what is not understood */
export function readDockerfile(text: string): Stage[] {
  const values = new Map<string, string>();
  const stages: Stage[] = [];
  for (const { name, text: rest } of instructions(text)) {
    if (!KNOWN.has(name)) throw new Error(`What ${name} does is not known here.`);
    const filled = rest.replaceAll(/\$\{(\w+)\}/g, (all, variable: string) => values.get(variable) ?? all);
    if (name === "ARG") {
      const [variable = "", value = ""] = filled.split("=");
      values.set(variable, value);
    } else if (name === "FROM") {
      const [from = "", , alias] = filled.split(/\s+/);
      stages.push({ from, alias, steps: [] });
    } else {
      stages.at(-1)?.steps.push({ name, text: filled });
    }
  }
  return stages;
}

function instructions(text: string): Instruction[] {
  const whole = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll("\\\n", " ");
  return whole
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", rest = ""] = /^(\S+)\s+(.*)$/s.exec(line.trim()) ?? [];
      return { name, text: rest };
    });
}
