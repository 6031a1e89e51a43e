import { auditText, wasRefused } from "@aicd/core";
import { type AuditActor, type AuditEntry, nameAuditTargets, type TenantTx } from "@aicd/db";
import { z } from "zod";
import { shownOf } from "../../webhooks/address.ts";
import { idOf, Time, timeOf } from "./common.ts";

/** An entry as it was written, of which the chain's hash is made. */
export const auditFields = {
  id: idOf("audit"),
  at: Time,
  actor: z.object({ kind: z.enum(["user", "api_key", "github", "runner", "system"]) }).loose(),
  action: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
};
const AuditFields = z.object(auditFields);

export const AuditView = z
  .object({
    ...auditFields,
    text: z
      .string()
      .describe(
        "The entry as a line of plain text, in today's names. Names in it come from outside: escape them.",
      ),
    refused: z.boolean().describe("It was wished for and not done."),
  })
  .meta({ id: "AuditEntry" });

export function auditOf({ id, at, actor, action, target, detail }: AuditEntry): z.infer<typeof AuditFields> {
  return { id, at: timeOf(at), actor, action, target, detail };
}

/** Entries with their sentences; the names are read at once. What has none any more is called by its kind. */
export async function toldOf(tx: TenantTx, entries: AuditEntry[]): Promise<z.infer<typeof AuditView>[]> {
  const ids = new Set(entries.map((entry) => split(entry).id));
  const found = await nameAuditTargets(tx, [...ids]);
  const names = new Map(
    found.map(({ id, name, kind }) => [id, kind === "address" ? shownOf(name) : name] as const),
  );
  return entries.map((entry) => ({
    ...auditOf(entry),
    text: auditText(entry, { actor: actorOf(entry.actor), target: targetOf(entry, names) }),
    refused: wasRefused(entry),
  }));
}

/** The thing that is named: an issue stands behind its repository's id, an attempt is called by its task. */
function split({ target, detail }: AuditEntry): { id: string; behind: string } {
  const [id = "", behind] = target.split("#");
  if (id.startsWith("att_") && typeof detail.taskId === "string") return { id: detail.taskId, behind: "" };
  return { id, behind: behind !== undefined && id.startsWith("rep_") ? `#${behind}` : "" };
}

const KINDS: Record<string, string> = {
  tsk: "a task",
  rep: "a repository",
  att: "a task",
  key: "that is gone",
  usr: "a former member",
  whe: "that is gone",
};

function targetOf(entry: AuditEntry, names: ReadonlyMap<string, string>): string {
  const { id, behind } = split(entry);
  const { name, login, at } = entry.detail;
  const known = names.get(id);
  if (known !== undefined) return known + behind;
  const then = [name, login, at].find((each) => typeof each === "string");
  const kind = /^([a-z]{3})_/.exec(id)?.[1];
  return typeof then === "string" ? then : (KINDS[kind ?? ""] ?? entry.target);
}

function actorOf(actor: AuditActor): string {
  switch (actor.kind) {
    case "user":
    case "github":
      return actor.login;
    case "api_key":
      return `the key ${actor.name} of ${actor.createdBy}`;
    case "runner":
      return `the runner of ${actor.id}`;
    case "system":
      return "AI-CD";
  }
}
