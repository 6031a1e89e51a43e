import { parse } from "smol-toml";
import { type Json, recordOf } from "./json.ts";

/** A table of a TOML file by its dotted path; empty where it is not there or the file is broken. */
export function readToml(text: string | undefined): (path: string) => Json {
  let document: Json = {};
  try {
    document = text === undefined ? {} : recordOf(parse(text));
  } catch {
    // Its own tools will say what is wrong with it.
  }
  return (path) => path.split(".").reduce((table, key) => recordOf(table[key]), document);
}

/** Sections of an INI file: `setup.cfg`, `tox.ini`. Continued lines belong to their key. */
export function readIni(text: string | undefined): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let keys = new Map<string, string>();
  let last: string | undefined;
  for (const line of (text ?? "").split("\n")) {
    const section = /^\[([^\]]+)\]/.exec(line)?.[1];
    const pair = /^([\w.{},-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (section !== undefined) {
      keys = new Map();
      sections.set(section.trim(), keys);
      last = undefined;
    } else if (/^\s*[#;]/.test(line)) continue;
    else if (pair?.[1] !== undefined) {
      last = pair[1];
      keys.set(last, pair[2] ?? "");
    } else if (last !== undefined && /^\s+\S/.test(line)) keys.set(last, `${keys.get(last)}\n${line.trim()}`);
  }
  return sections;
}
