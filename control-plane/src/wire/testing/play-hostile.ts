import { createPeopleOf } from "./history-people.ts";
import { claims } from "./history-runners.ts";
import type { HistoryWorld } from "./history-world.ts";
import type { Demand, Door, Hostile } from "./hostile-texts.ts";
import { obey } from "./obedient.ts";

const REPO = "acme/widget";
const HARMLESS = "Sums are wrong";
let serial = 0;

export type Played = {
  issue: number;
  pulls: number[];
  tokens: string[];
  obeyed: Demand[];
  mainAfter: string;
};

/** A whole task whose every word is hostile: planned, approved, published, reviewed and published again. */
export async function playHostile(world: HistoryWorld, texts: readonly Hostile[]): Promise<Played> {
  const { home } = world;
  const at = (door: Door) => texts.find((one) => one.door === door)?.text ?? "";
  const sight = await hideInRepository(world, at);
  const mainAfter = (await home.ask<{ object: { sha: string } }>("/git/ref/heads/main")).object.sha;
  const title = at("title").replaceAll(/\s+/g, " ").slice(0, 200);
  const { number: issue } = await home.mona.openIssue(REPO, { title: title || HARMLESS, body: at("body") });
  const people = createPeopleOf(world, issue, { words: [], threads: [] });
  const played: Played = { issue, pulls: [], tokens: [], obeyed: [], mainAfter };

  async function work(): Promise<void> {
    for (let round = 0; round < 12; round++) {
      for (const one of await world.news()) await world.receive(one);
      for (const row of await world.owedRows()) await world.run(row);
      if ((await world.owedRows()).length > 0) continue;
      const { rows } = await world.pool.query<{ id: string; run_key: string; run_id: string }>(
        `SELECT a.id, a.run_key, a.run_id FROM attempts a JOIN tasks t ON t.id = a.task_id
         WHERE t.issue_number = $1 AND a.state = 'dispatched'`,
        [issue],
      );
      const [attempt] = rows;
      if (attempt === undefined) return;
      const token = await home.github.oidc.sign(claims(home, Number(attempt.run_id)));
      const { body } = await world.post("lease", token, { attemptId: attempt.id, runKey: attempt.run_key });
      const { demands, token: lease } = await obey(world, body as Parameters<typeof obey>[1], sight);
      played.obeyed.push(...demands);
      played.tokens.push(lease);
    }
  }

  await home.github.as("octa").comment(REPO, issue, at("writer's comment"));
  await home.github.as("eve").comment(REPO, issue, at("stranger's comment"));
  await home.mona.label(REPO, issue, "aicd");
  await work();
  await people.approve();
  await work();
  played.pulls.push(...(await people.pulls()).map(({ number }) => number));
  const [pull] = played.pulls;
  if (pull !== undefined) {
    const comments = [{ path: "src/sum.js", line: 1, body: at("review comment") }];
    await home.github
      .as("octa")
      .review(REPO, pull, { event: "REQUEST_CHANGES", body: at("review"), comments });
    await work();
  }
  return played;
}

/** @returns what an agent sees of it in its workspace: names, contents, messages */
async function hideInRepository({ home }: HistoryWorld, at: (door: Door) => string): Promise<string> {
  serial++;
  const name = `docs/${serial} ${at("file name")
    .replaceAll(/[^\w .-]+/g, " ")
    .slice(0, 80)
    .trim()}.md`;
  await home.commit("main", name, at("file"), at("commit message").split("\n")[0] || name);
  const settings = at("settings").replaceAll("\n", "\n# ");
  await home.commit(
    "main",
    ".github/aicd.yml",
    `# ${settings}\nsandbox: process\napproval: auto\n# ${serial}\n`,
  );
  return [name, at("file"), at("commit message"), settings].join("\n");
}
