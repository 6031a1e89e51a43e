import type { Plan } from "@aicd/core";
import { type ChatCompletionRequest, LLMock } from "@copilotkit/aimock";

const STUDIES = ["README.md", "src/widget.js", "src/gear.js", "src/axle.js"];
const PARTS = Array.from({ length: 8 }, (_, index) => `src/part-${index + 1}.js`);
/** Calls the coder needs from nothing to its finish. */
export const CODER_CALLS = STUDIES.length + PARTS.length + 1;

const PLAN: Plan = {
  title: "Split the widget into parts",
  understanding: "The widget is one piece.",
  cause: "Nobody has split it yet.",
  files: PARTS.map((path) => ({ path, change: "A new part." })),
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 80, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.5 },
};

export type Engineer = {
  url: string;
  /** Called with the number of the coder's request before it is answered; the answer waits for it. */
  onCoder(listen: (request: number) => Promise<void>): void;
  stop(): Promise<void>;
};

/**
 * A model that knows nothing but what it is sent, as models do: it studies what it has not read, writes
 * what is not written, and hands in. Its tokens are counted from the length of what it was sent.
 */
export async function startEngineer(): Promise<Engineer> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  let listen: (request: number) => Promise<void> = async () => undefined;
  let asked = 0;
  mock.addFixture({
    match: { predicate: () => true },
    response: async (request: ChatCompletionRequest) => {
      const role = roleOf(request);
      if (role === "coder") {
        asked += 1;
        await listen(asked);
      }
      const [name, input] = next(role, request);
      const input_tokens = Math.ceil(JSON.stringify(request.messages).length / 4);
      return {
        content: "",
        toolCalls: [
          { id: `call_${Math.random().toString(36).slice(2)}`, name, arguments: JSON.stringify(input) },
        ],
        usage: { input_tokens, output_tokens: 100 },
      };
    },
  });
  await mock.start();
  return {
    url: mock.url,
    onCoder(listener) {
      asked = 0;
      listen = listener;
    },
    stop: () => mock.stop(),
  };
}

/** One conversation plans and codes: it codes once a plan was handed in, or was given to it. */
function roleOf(request: ChatCompletionRequest): "planner" | "coder" | "critic" {
  if (textOf(request, "system").includes("You are the critic")) return "critic";
  if (!textOf(request, "user").includes("Make the plan.")) return "coder";
  const hasPlanned = request.messages.some((message) =>
    (message.tool_calls ?? []).some(({ function: call }) => call.name === "submit_plan"),
  );
  return hasPlanned ? "coder" : "planner";
}

function next(
  role: ReturnType<typeof roleOf>,
  request: ChatCompletionRequest,
): [name: string, input: object] {
  if (role === "planner") return ["submit_plan", PLAN];
  if (role === "critic") {
    return ["submit_review", { approved: true, summary: "It does what the plan says.", findings: [] }];
  }
  // What a predecessor's notes say is in words of the user, or in the answer to the plan's hand-in.
  const told = textOf(request, "user") + textOf(request, "tool");
  const done = (tool: string, path: string) =>
    told.includes(`${tool} ${path}`) ||
    request.messages.some((message) =>
      (message.tool_calls ?? []).some(
        ({ function: call }) => call.name === tool && call.arguments.includes(`"${path}"`),
      ),
    );
  const study = STUDIES.find((path) => !done("read", path));
  if (study !== undefined) return ["read", { path: study }];
  const part = PARTS.find((path) => !done("write", path));
  if (part !== undefined)
    return ["write", { path: part, content: `export const part = "${part}";\n`.repeat(10) }];
  return ["submit_change", { title: "Split the widget into parts", summary: "Eight parts.", receipts: [] }];
}

function textOf({ messages }: ChatCompletionRequest, role: string): string {
  return messages
    .filter((message) => message.role === role)
    .map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content ?? "")))
    .join("\n");
}
