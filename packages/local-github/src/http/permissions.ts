/** GitHub App permission names we enforce and the level each is granted at. */
export type Level = "read" | "write" | "admin";
export type Permissions = Record<string, Level>;

const RANK: Record<Level, number> = { read: 1, write: 2, admin: 3 };

/** True when `granted` covers `name` at `level`; a missing permission covers nothing. */
export function covers(granted: Permissions, name: string, level: Level): boolean {
  const held = granted[name];
  return held !== undefined && RANK[held] >= RANK[level];
}

/** The first asked permission that `granted` does not cover. */
export function exceeding(granted: Permissions, asked: Permissions): string | undefined {
  return Object.entries(asked).find(([name, level]) => !covers(granted, name, level))?.[0];
}
