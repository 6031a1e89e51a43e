import { readFile } from "node:fs/promises";

/** Of the column `Flags`: somebody accepts connections. */
const ACCEPTS = 0x00010000;

/**
 * Paths of unix sockets on which programs of this machine listen, such as Docker's. A read-only mount keeps
 * nobody from talking to one. Reads /proc/net/unix (proc(5)); empty where there is none.
 */
export async function listeningSockets(): Promise<string[]> {
  try {
    const lines = (await readFile("/proc/net/unix", "utf8")).split("\n").slice(1);
    return [...new Set(lines.flatMap(pathOf))];
  } catch {
    // Not Linux.
    return [];
  }
}

/** `Num RefCount Protocol Flags Type St Inode Path`; abstract names begin with an at sign and belong to the network. */
function pathOf(line: string): string[] {
  const found = /^\S+ \S+ \S+ ([0-9A-F]+) \S+ \S+ +\d+ (\/.+)$/.exec(line);
  if (found?.[1] === undefined || found[2] === undefined) return [];
  return (Number.parseInt(found[1], 16) & ACCEPTS) === 0 ? [] : [found[2]];
}
