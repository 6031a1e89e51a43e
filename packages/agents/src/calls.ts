import type { AgentScope, Stopped } from "@aicd/core";
import { CHARACTERS_PER_TOKEN } from "./condense.ts";
import type { CallPart, ResultPart } from "./models/model.ts";
import { bound, RESULT_CHARACTERS } from "./tools/bound.ts";
import type { Tool, ToolOutcome } from "./tools/tool.ts";
import type { Trouble } from "./trouble.ts";

/** What one result may take of a small window. */
const RESULT_SHARE = 1 / 6;

type Ran =
  | { kind: "results"; results: ResultPart[] }
  /** `results` are of the calls beside it. */
  | { kind: "finished"; call: CallPart; value: unknown; results: ResultPart[] }
  | Stopped;

/**
 * Neighbouring read-only calls run together; everything else in the order the model gave. A finish that
 * stands behind a call that failed does not count: the model cannot have known.
 */
export async function runCalls(
  calls: CallPart[],
  input: { tools: Map<string, Tool>; scope: AgentScope; trouble: Trouble; room: number },
): Promise<Ran> {
  const { tools, scope, trouble, room } = input;
  const isReadOnly = (call: CallPart | undefined) =>
    call !== undefined && tools.get(call.name)?.readOnly === true;
  const ran: { call: CallPart; outcome: Exclude<ToolOutcome, { kind: "finish" }> }[] = [];
  for (let at = 0, next = 1; at < calls.length; at = next, next += 1) {
    while (isReadOnly(calls[at]) && isReadOnly(calls[next])) next += 1;
    const batch = calls.slice(at, next);
    const outcomes = await Promise.all(batch.map((call) => runCall(call, tools, scope)));
    for (const [index, call] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      if (outcome.kind !== "finish") ran.push({ call, outcome });
      else if (ran.every((earlier) => went(earlier.outcome))) {
        const before = ran.map((one) => toResult(one.call, { kind: "ok", text: bound(one.outcome.text) }));
        const behind = calls.slice(calls.indexOf(call) + 1).map(notRun);
        return { kind: "finished", call, value: outcome.value, results: [...before, ...behind] };
      } else ran.push({ call, outcome: { kind: "error", text: TOO_EARLY } });
    }
  }
  const reaction = trouble.afterCalls(ran);
  if (reaction.kind === "stopped") return reaction;
  const most = Math.min(RESULT_CHARACTERS, Math.max(1_000, room * CHARACTERS_PER_TOKEN * RESULT_SHARE));
  const results = ran.map(({ call, outcome }, index) =>
    toResult(call, {
      kind: outcome.kind,
      text: bound(outcome.text, Math.floor(most)) + reaction.words[index],
    }),
  );
  return { kind: "results", results };
}

function went(outcome: ToolOutcome): boolean {
  return outcome.kind === "ok" && outcome.failed !== true;
}

const TOO_EARLY = "Not handed in: a call before this one failed. See to it, then hand in again.";

export function notRun(call: CallPart): ResultPart {
  return toResult(call, { kind: "error", text: "Not run." });
}

async function runCall(call: CallPart, tools: Map<string, Tool>, scope: AgentScope): Promise<ToolOutcome> {
  const tool = tools.get(call.name);
  const text = `There is no tool \`${call.name}\`. There are: ${[...tools.keys()].join(", ")}.`;
  const outcome = tool === undefined ? { kind: "error" as const, text } : await tool.call(call, scope);
  const { path, command, pattern, query } = call.input;
  const detail = [path, command, pattern, query].find((value) => typeof value === "string") ?? "";
  const ok = outcome.kind !== "error";
  scope.report({ type: "tool", tool: call.name, detail: String(detail).slice(0, 300), ok });
  return outcome;
}

function toResult(call: CallPart, outcome: { kind: "ok" | "error"; text: string }): ResultPart {
  return { type: "result", callId: call.id, content: outcome.text, isError: outcome.kind === "error" };
}
