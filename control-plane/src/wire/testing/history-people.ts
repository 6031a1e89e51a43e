import type { HistoryWorld } from "./history-world.ts";

const REPO = "acme/widget";
const WRITERS = ["mona", "octa"] as const;

/** A word that is owed an answer: a comment with a command, and where it stands. */
type Word = { kind: "issue" | "review"; number: number; id: number; by: string; text: string };
/** A review's comment that opens a thread. */
type Thread = { pullRequest: number; commentId: number };

/** What people have said and done in one history. */
export type Said = { words: Word[]; threads: Thread[] };

type Pull = { number: number; state: string; merged_at: string | null; head: { ref: string } };

/** People who do things on the thread of one issue, in whatever order; what GitHub does not let them do is no move. */
export function createPeopleOf(world: HistoryWorld, issue: number, said: Said) {
  const { home } = world;
  const as = (login: string) => home.github.as(login);

  async function pulls(): Promise<Pull[]> {
    const all = await home.ask<Pull[]>("/pulls?state=all&per_page=100&sort=created&direction=desc");
    return all.filter(
      ({ head }) => head.ref.startsWith(`aicd/issue-${issue}-`) || head.ref === `aicd/issue-${issue}`,
    );
  }

  async function comment(login: string, text: string, number = issue): Promise<void> {
    const { id } = await as(login).comment(REPO, number, text);
    if (/^[/@]aicd/.test(text)) said.words.push({ kind: "issue", number, id, by: login, text });
  }

  async function planHash(): Promise<string> {
    const texts = (await comments(world, issue)).map(({ body }) => /approve ([0-9a-f]{12})/.exec(body)?.[1]);
    return texts.findLast((hash) => hash !== undefined) ?? "0".repeat(12);
  }

  async function review(login: string, texts: string[], event: "COMMENT" | "REQUEST_CHANGES"): Promise<void> {
    const [pull] = await pulls();
    if (pull?.state !== "open") return;
    const comments = texts.map((body) => ({ path: "src/sum.js", line: 1, body }));
    const { id } = await as(login).review(REPO, pull.number, { event, body: "Not quite.", comments });
    const made = await home.ask<{ id: number; body: string }[]>(
      `/pulls/${pull.number}/reviews/${id}/comments`,
    );
    for (const one of made) {
      if (one.body.startsWith("/aicd")) {
        said.words.push({ kind: "review", number: pull.number, id: one.id, by: login, text: one.body });
      } else said.threads.push({ pullRequest: pull.number, commentId: one.id });
    }
  }

  /** Each takes a number that decides whatever is left to chance. */
  const MOVES: ((chance: number) => Promise<unknown>)[] = [
    () => as("mona").label(REPO, issue, "aicd"),
    () => as("octa").label(REPO, issue, "aicd:auto"),
    (n) =>
      comment(pick(WRITERS, n), pick(["/aicd", "/aicd plan", "/aicd run", "/aicd retry", "/aicd retry"], n)),
    async (n) => comment(pick(WRITERS, n), `/aicd approve ${await planHash()}`),
    (n) =>
      comment(
        pick(WRITERS, n),
        pick(["/aicd status", "/aicd help", "/aicd explain", "@aicd what did you change?"], n),
      ),
    (n) =>
      comment(pick(WRITERS, n), pick(["/aicd revise use integers", "/aicd nonsense", "/aicd cancel"], n)),
    (n) => comment("eve", pick(["/aicd run", "/aicd approve 000000000000", "me too"], n)),
    (n) => comment(pick(WRITERS, n), "It also happens with zero."),
    (n) => as("mona").editIssue(REPO, issue, { body: `They are rounded twice, in ${n} places.` }),
    (n) => review(pick(WRITERS, n), ["Why?"], "COMMENT"),
    (n) => review(pick(WRITERS, n), ["Round once here.", "And name it."], "REQUEST_CHANGES"),
    (n) => review(pick(WRITERS, n), ["/aicd status"], "COMMENT"),
    async (n) => {
      const [pull] = await pulls();
      if (pull?.state === "open") await comment(pick(WRITERS, n), "/aicd revise shorter names", pull.number);
    },
    async (n) => {
      const [pull] = await pulls();
      if (pull?.state !== "open") return;
      if (n % 3 > 0) await home.commit(pull.head.ref, `more-${n}.txt`);
      else if (n % 2 === 0) await as("mona").closePull(REPO, pull.number);
      else {
        await as("mona").markReady(REPO, pull.number);
        await as("mona").merge(REPO, pull.number);
      }
    },
    async (n) => {
      await as("mona").closeIssue(REPO, issue);
      if (n % 2 === 0) await as("mona").reopenIssue(REPO, issue);
    },
  ];

  return {
    pulls,
    approve: async () => comment("mona", `/aicd approve ${await planHash()}`),
    /** GitHub's refusals are part of a life. */
    move: (which: number, chance: number) => pick(MOVES, which)(chance).catch(refusedByGitHub),
  };
}

export async function comments(
  { home }: HistoryWorld,
  number: number,
): Promise<{ id: number; body: string; user: { login: string } }[]> {
  return home.ask(`/issues/${number}/comments?per_page=100`);
}

export function pick<T>(list: readonly T[], chance: number): T {
  return list[chance % list.length] as T;
}

function refusedByGitHub(error: unknown): void {
  if (!/answered 4\d\d|no commit was made/.test(String(error))) throw error;
}
