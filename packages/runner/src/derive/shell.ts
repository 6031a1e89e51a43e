/** For a shell; names come from the repository. */
export function quote(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command of a directory below the root. */
export function inside(directory: string, command: string): string {
  const place = clean(directory);
  return place === "" ? command : `cd ${quote(place)} && ${command}`;
}

/** `./a/` → `a`; the root is empty. Undefined for a place outside of the checkout. */
function clean(directory: string): string {
  const parts: string[] = [];
  for (const part of directory.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

export function join(...parts: string[]): string {
  return clean(parts.join("/"));
}

const CONTROL =
  /^\s*(?:if|for|while|until|case|function|select)\b|<<-?\s*['"]?\w|^\s*\w+\s*\(\)\s*\{|\\\|\s*$/m;
const KEEPS_STATE = /^\s*(?:cd|pushd|export|source|set -a|\.\s|[A-Za-z_]\w*=\S*\s*$|[A-Za-z_]\w*=\$\()/m;
const BASH = /\[\[|^\s*(?:source|pushd|popd|shopt)\b|pipefail|<\(|\$\{\w+\^|\w+=\(/m;

/**
 * The statements of a step's script. A script that decides or remembers (`if`, `cd`, `export`) stays whole:
 * its lines mean nothing alone.
 */
export function statements(script: string): string[] {
  const joined = script.replaceAll("\r", "").replaceAll(/[ \t]*\\\n\s*/g, " ");
  const lines = joined
    .split("\n")
    .map((line) => line.replace(/(^|\s)#(?!\{).*$/, "$1").trim())
    .filter((line) => line !== "" && !/^set [-+]\w+(?: \w+)?$/.test(line))
    .map((line) => line.replace(COVERED, "$1"));
  if (lines.length < 2) return lines.flatMap(splitChain);
  const text = lines.join("\n");
  if (!CONTROL.test(text) && !KEEPS_STATE.test(text)) return lines.flatMap(splitChain);
  const here = lines.filter((line) => !/^sudo\s/.test(line));
  return [...lines.filter((line) => !here.includes(line)), whole(here.join("\n"))];
}

/** What measures coverage around a command is left out: its reports are written for others. */
const COVERED =
  /^((?:[A-Za-z_]\w*=\S* )*)(?:(?:npx|yarn|pnpm exec|pnpm) )?(?:c8|nyc)(?: --\S+)* (?=(?:npm|yarn|pnpm|node|npx|mocha|jest|ava|tap) )/;

/** `a && b` as two, where neither remembers anything for the other. */
function splitChain(line: string): string[] {
  if (!line.includes(" && ") || /['"`(|]|\bcd /.test(line) || KEEPS_STATE.test(line)) return [line];
  return line.split(" && ").map((part) => part.trim());
}

function whole(text: string): string {
  return BASH.test(text) ? `bash -e -c ${quote(text)}` : `set -e\n${text}`;
}

/** `key=value` pairs in front of a command; as exports where the command is more than one. */
export function withEnv(env: Readonly<Record<string, string>>, command: string): string {
  const pairs = Object.entries(env).map(([key, value]) => `${key}=${quote(value)}`);
  if (pairs.length === 0) return command;
  const isOne = !/&&|\|\||;|\n|^\(/.test(command);
  return isOne ? `${pairs.join(" ")} ${command}` : `export ${pairs.join(" ")}; ${command}`;
}

/** The words that name a command's program and what it is asked, past variables and starters. */
export function programOf(statement: string): string {
  const first = statement.split(/\n|&&|\|\|?|;/)[0]?.trim() ?? "";
  const words = first.split(/\s+/);
  let at = 0;
  while (at < words.length && (/^[A-Za-z_]\w*=/.test(words[at] ?? "") || STARTERS.has(words[at] ?? "")))
    at += 1;
  return words[at] ?? "";
}

const STARTERS = new Set(["env", "time", "nice", "exec", "command", "xvfb-run", "-a", "--auto-servernum"]);
