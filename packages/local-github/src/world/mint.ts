/**
 * First id and node prefix of every kind. The numbers start where GitHub's are today, so that an id stored
 * in 32 bits, or compared as text, fails here and not in production.
 */
const KINDS = {
  account: ["U", 180_000_001],
  organization: ["O", 190_000_001],
  bot: ["BOT", 230_000_001],
  repository: ["R", 1_050_000_001],
  issue: ["I", 3_500_000_001],
  pull: ["PR", 2_900_000_001],
  comment: ["IC", 3_400_000_001],
  review: ["PRR", 3_300_000_001],
  reviewComment: ["PRRC", 2_400_000_001],
  thread: ["PRRT", 1_400_000_001],
  label: ["LA", 9_300_000_001],
  reaction: ["REA", 290_000_001],
  checkRun: ["CR", 51_000_000_001],
  checkSuite: ["CS", 45_000_000_001],
  status: ["SC", 38_000_000_001],
  app: ["A", 2_100_001],
  installation: ["MDIzOk", 89_000_001],
  hook: ["H", 560_000_001],
  workflow: ["W", 190_000_001],
  run: ["WFR", 18_000_000_001],
  job: ["CR", 52_000_000_001],
  runner: ["SHR", 42_001],
  artifact: ["MDg6QXJ0aWZhY3Q", 3_900_000_001],
  delivery: ["D", 190_000_000_000_001],
} as const satisfies Record<string, readonly [prefix: string, first: number]>;

type Kind = keyof typeof KINDS;
export type Mint = (kind: Kind) => { id: number; nodeId: string };

export function createMint(): Mint {
  const next = new Map<Kind, number>();
  return function mint(kind) {
    const [prefix, first] = KINDS[kind];
    const id = next.get(kind) ?? first;
    next.set(kind, id + 1);
    return { id, nodeId: `${prefix}_kwDO${Buffer.from(`${kind}:${id}`).toString("base64url")}` };
  };
}
