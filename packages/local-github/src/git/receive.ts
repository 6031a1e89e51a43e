import { gunzipSync } from "node:zlib";

export interface PushCommand {
  before: string;
  after: string;
  ref: string;
}

/** The refs a push wants to move, as its request says before the pack. git-scm.com "gitprotocol-pack", reference update. */
export function pushCommands(body: Buffer, encoding: string | undefined): PushCommand[] {
  const plain = encoding === "gzip" ? gunzipSync(body) : body;
  const commands: PushCommand[] = [];
  for (let at = 0; at + 4 <= plain.length; ) {
    const length = Number.parseInt(plain.subarray(at, at + 4).toString("latin1"), 16);
    if (!(length > 4)) break;
    const [line = ""] = plain
      .subarray(at + 4, at + length)
      .toString()
      .split("\0");
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (\S+)/.exec(line);
    if (match) {
      const [, before = "", after = "", ref = ""] = match;
      commands.push({ before, after, ref });
    }
    at += length;
  }
  return commands;
}
