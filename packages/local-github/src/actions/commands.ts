/** Reads what a step wrote into GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE: `name=value`, or `name<<END … END`. */
export function parsePairs(content: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = content.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const heredoc = /^([^=]+?)<<(.+)$/.exec(line);
    const [, name = "", delimiter = ""] = heredoc ?? [];
    const plain = /^([^=]+)=(.*)$/s.exec(line);
    if (heredoc && (!plain || line.indexOf("<<") < line.indexOf("="))) {
      const end = lines.indexOf(delimiter, at + 1);
      if (end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
      pairs[name] = lines.slice(at + 1, end).join("\n");
      at = end;
    } else if (plain) {
      const [, key = "", value = ""] = plain;
      pairs[key] = value;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return pairs;
}

interface LogLine {
  /** What the log shows; undefined for commands that print nothing. */
  shown: string | undefined;
  /** A value that must not be shown from now on. */
  mask: string | undefined;
}

const SHOWN = new Set(["error", "warning", "notice", "debug", "group"]);

/** Understands the workflow commands that change what a log shows. */
function readLine(line: string): LogLine {
  const command = /^::([\w-]+)(?: [^:]*)?::(.*)$/.exec(line);
  if (!command) return { shown: line, mask: undefined };
  const [, name = "", value = ""] = command;
  const plain = value.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
  if (name === "add-mask") return { shown: undefined, mask: plain || undefined };
  if (name === "endgroup") return { shown: undefined, mask: undefined };
  if (!SHOWN.has(name)) return { shown: line, mask: undefined };
  return { shown: `##[${name}]${plain}`, mask: undefined };
}

/** A log that hides secrets, whole or line by line, however they get into it. */
export interface JobLog {
  mask(secret: string): void;
  write(line: string): void;
  text(): string;
}

/** `shown` gets every line as it appears, without its secrets. */
export function createLog(shown: (line: string) => void = () => undefined): JobLog {
  const masks: string[] = [];
  const lines: string[] = [];
  function mask(secret: string): void {
    for (const part of [secret, ...secret.split("\n")]) if (part.trim().length > 3) masks.push(part);
    masks.sort((a, b) => b.length - a.length);
  }
  return {
    mask,
    write(written) {
      const read = readLine(written);
      if (read.mask) mask(read.mask);
      if (read.shown === undefined) return;
      const line = masks.reduce((text, secret) => text.replaceAll(secret, "***"), read.shown);
      lines.push(line);
      shown(line);
    },
    text: () => (lines.length > 0 ? `${lines.join("\n")}\n` : ""),
  };
}
