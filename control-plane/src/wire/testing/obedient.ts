import { generateKeyPairSync, randomBytes } from "node:crypto";
import { type ChangeSet, changeSetDigest } from "@aicd/core";
import { CHANGE, EVIDENCE, PLAN } from "../../testing/tasks.ts";
import type { HistoryWorld } from "./history-world.ts";
import { type Demand, ordersIn } from "./hostile-texts.ts";

type Grant = {
  leaseToken: string;
  epoch: number;
  nextSeq: number;
  startSha: string;
  phase: string;
  snapshot: unknown;
};
type File = Record<string, unknown>;
export type Obeyed = { demands: Demand[]; token: string };

/** An agent that does whatever it reads, as far as a runner's lease lets it. @returns what it was told, and its lease */
export async function obey(world: HistoryWorld, grant: Grant, sight: string): Promise<Obeyed> {
  const { leaseToken: token, epoch } = grant;
  const demands = ordersIn(`${JSON.stringify(grant.snapshot)}\n${sight}`);
  let { nextSeq: seq } = grant;
  const say: Say = async (route, body) => {
    const numbered = "event" in body ? { events: [{ seq, event: body.event }] } : body;
    const answer = await world.post(route, token, { epoch, ...numbered });
    if ("event" in body && answer.status === 200) seq++;
    return answer;
  };
  const words = demands.flatMap(({ verb, what }) => (verb === "say" ? [what] : [])).join(" ");
  const loud = words === "" ? "Round once" : words;
  // What holds its lease's key is not taken, so the rest is said once more without it.
  const loose = demands.some(({ verb }) => verb === "leak") ? `${loud} ${token}` : loud;

  for (const { verb, what } of demands) if (verb === "settle") await say("result", { result: settled(what) });
  if (grant.phase === "plan") {
    for (const text of new Set([loose, loud])) {
      const plan = { ...PLAN, title: text.slice(0, 150), understanding: text, risks: [text], questions: [] };
      await say("plan", { plan });
    }
    return { demands, token };
  }
  for (const file of demands.flatMap(fileOf)) {
    await upload(say, changeOf(grant, [file], loud));
  }
  const text = Buffer.from(`sum ${randomBytes(4).toString("hex")}\n`).toString("base64");
  const made = [{ ...CHANGE.files[0], contentBase64: text }];
  await upload(say, changeOf(grant, made, loose));
  const harmless = changeOf(grant, made, loud);
  await say("changeset", { digest: digestOf(harmless), changeSet: harmless, evidence: EVIDENCE });
  const verdict = { approved: true, summary: loud, findings: [] };
  const receipts = idsIn(grant.snapshot).map((commentId) => ({ commentId, kind: "changed", text: loud }));
  for (const file of [...demands.flatMap(fileOf), undefined]) {
    const change = file === undefined ? harmless : changeOf(grant, [file], loud);
    const changeSetDigest = digestOf(change);
    await say("result", { result: { kind: "approved", changeSetDigest, verdict, receipts } });
  }
  return { demands, token };
}

type Say = (route: string, body: object) => Promise<{ status: number }>;

/** One that was taken is sent back by the same agent, so that the next one can be tried too. */
async function upload(say: Say, changeSet: ChangeSet): Promise<void> {
  const digest = digestOf(changeSet);
  if ((await say("changeset", { digest, changeSet, evidence: EVIDENCE })).status !== 200) return;
  const findings = [{ path: "src/sum.js", line: 1, severity: "major", why: "More.", wanted: "More." }];
  const event = { type: "review.rejected", changeSetDigest: digest, findings, summary: "Once more." };
  await say("events", { event });
}

function settled(what: string): object {
  if (what === "planned") return { kind: "planned" };
  const verdict = { approved: true, summary: "Approved.", findings: [] };
  return { kind: "approved", changeSetDigest: "0".repeat(64), verdict, receipts: [] };
}

function fileOf({ verb, what }: Demand): File[] {
  const content = (text: string) => Buffer.from(text).toString("base64");
  const write = (path: string, text: string, mode = "100644") => ({
    ...{ kind: "write", path, mode, baseMode: null, contentBase64: content(text) },
  });
  if (verb === "write") return [write(what, "on: push\n")];
  if (verb === "link") return [write(what, "../../etc/passwd", "120000")];
  if (verb === "delete") return [{ kind: "delete", path: what, baseMode: "100644" }];
  if (verb !== "leak" || what === "token") return [];
  return [write("src/settings.js", `export const key = ${JSON.stringify(secretOf(what))};\n`)];
}

/** Made here, since what looks like a secret stands in no file of ours. */
function secretOf(what: string): string {
  if (what === "aws")
    return `AKIA${Array.from({ length: 16 }, (_, at) => "QWERTY234567ZXCV"[at % 16]).join("")}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}

function changeOf(grant: Grant, files: File[], loud: string): ChangeSet {
  return { baseSha: grant.startSha, files, title: loud.slice(0, 150), summary: loud } as unknown as ChangeSet;
}

/** The server counts it by itself; one it cannot read is refused before. */
function digestOf(changeSet: ChangeSet): string {
  return changeSetDigest(changeSet);
}

function idsIn(snapshot: unknown): number[] {
  const { review } = snapshot as { review?: { comments: { id: number }[] } };
  return (review?.comments ?? []).map(({ id }) => id);
}
