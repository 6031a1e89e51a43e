import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const NOUNS =
  `account address archive batch block buffer cache cart catalog channel client cluster column config
  cookie cursor customer dataset device discount document draft entry event export factor field filter folder
  format frame gateway graph group handle header image import index invoice item job key label layer layout lease
  ledger level library limit line link list locale lock log margin market matrix member memory menu message metric
  model module node note object offer option order owner package page panel parser patch path payment permission
  plan plugin point policy pool port price process product profile project queue quota range rate record region
  report request resource response retry role route row rule sample scheduler schema scope screen segment sensor
  server session shape shard share signal slot snapshot source stage state storage stream style subject summary
  table tag target task template tenant thread ticket token topic trace transaction tree trigger type unit update
  upload user value vector vendor version view volume window worker zone`.split(/\s+/);
const VERBS =
  `add apply attach build cancel check clear close collect compare compute convert copy count create
  decode delete detach drain drop encode enqueue evict expand fetch filter find flush format freeze handle insert
  join load lock lookup map mark measure merge migrate move notify open parse patch pause plan poll prepare publish
  pull purge push read rebuild reduce refresh release remove render repair replace reset resolve resume retry revoke
  rotate sample save scan schedule select send serialize settle shift sign skip sort split start stop store submit
  sync trace transform trim unlock update validate verify wait watch wrap write`.split(/\s+/);

/** A repository of invented code, the same each time: about 150 lines a file, with a past of small changes. */
export function inventRepository(directory: string, options: { files: number; commits: number }): void {
  const next = createChance(20);
  const paths = Array.from({ length: options.files }, (_, n) => {
    const place = `${pick(NOUNS, next)}/${pick(NOUNS, next)}-${pick(VERBS, next)}-${n}`;
    return n % 5 === 4 ? `test/${place}.test.ts` : `src/${place}.ts`;
  });
  for (const path of paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), inventFile(next));
  }
  git(directory, ["init", "--quiet", "--initial-branch=main"]);
  git(directory, ["add", "--all"]);
  git(directory, ["commit", "--quiet", "-m", "Begin"]);
  for (let commit = 0; commit < options.commits; commit++) {
    const path = paths[Math.floor(next() * paths.length)] ?? "";
    writeFileSync(join(directory, path), inventFile(next));
    git(directory, ["commit", "--quiet", "--all", "-m", inventSentence(next)]);
  }
  // As a clone has it.
  git(directory, ["repack", "-a", "-d", "-q"]);
}

/** What somebody might write in an issue here. */
export function inventQuestions(count: number): string[] {
  const next = createChance(7);
  return Array.from({ length: count }, () => {
    const name = nameOf(next);
    return `${inventSentence(next)}\n\nWhen I call \`${name}\` ${inventSentence(next)}. ${inventSentence(next)}.`;
  });
}

export function git(directory: string, args: string[]): string {
  const identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0"];
  return execFileSync("git", [...identity, ...args], { cwd: directory })
    .toString()
    .trim();
}

export function inventFile(next: () => number): string {
  const parts = [`import { ${nameOf(next)} } from "../${pick(NOUNS, next)}/${pick(NOUNS, next)}.ts";\n`];
  for (let n = 0; n < 12; n++) {
    const [a, b] = [nameOf(next), nameOf(next)];
    parts.push(`/** ${inventSentence(next)}. */
export function ${nameOf(next)}(${a}: string, ${b}: number): string {
  const ${nameOf(next)} = ${nameOf(next)}(${a}, ${b});
  if (${b} > ${Math.floor(next() * 900)}) {
    // ${inventSentence(next)}
    throw new Error("${inventSentence(next)}");
  }
  const ${nameOf(next)} = ${a}.split("${pick(NOUNS, next)}");
  return \`\${${a}} ${pick(NOUNS, next)} \${${b}}\`;
}
`);
  }
  return parts.join("\n");
}

export function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function nameOf(next: () => number): string {
  const noun = pick(NOUNS, next);
  return `${pick(VERBS, next)}${noun[0]?.toUpperCase()}${noun.slice(1)}`;
}

function inventSentence(next: () => number): string {
  return `${pick(VERBS, next)} the ${pick(NOUNS, next)} of a ${pick(NOUNS, next)} before the ${pick(NOUNS, next)} is ${pick(VERBS, next)}ed`;
}

function pick(words: readonly string[], next: () => number): string {
  return words[Math.floor(next() * words.length)] ?? "";
}
