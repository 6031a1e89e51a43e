import { DEFAULT_SETTINGS } from "@aicd/core";
import { afterEach, describe, expect, it } from "vitest";
import { BashAgent } from "./bash-agent.ts";
import { createScope } from "./testing/scope.ts";
import { calling, startVendor, type TestVendor } from "./testing/vendor.ts";

const vendors: TestVendor[] = [];
afterEach(async () => {
  for (const vendor of vendors.splice(0)) await vendor.stop();
});

const author = { login: "ada", permission: "write" } as const;
const task = {
  snapshot: {
    issue: { number: 7, title: "Sum is wrong", body: "1 + 1 gives 3", author, url: "" },
    comments: [],
    guidance: [],
    removed: [],
  },
  settings: DEFAULT_SETTINGS,
  instructions: "",
};

describe("the baseline", () => {
  it("works with a shell alone until it submits", async () => {
    const vendor = await startVendor([
      calling(["bash", { command: "ls" }]),
      calling(["bash", { command: "false" }]),
      calling(["bash", { command: "submit" }]),
    ]);
    vendors.push(vendor);
    const agent = new BashAgent(vendor.model("anthropic"));
    const scope = createScope({ "a.ts": "" });

    const planned = await agent.plan(task, scope);
    if (planned.kind !== "planned") throw new Error("no plan");
    const coded = await agent.code({ ...task, plan: planned.plan, findings: [], evidence: undefined }, scope);

    expect(coded).toMatchObject({ kind: "coded", title: "Sum is wrong" });
    const requests = vendor.requests();
    expect(requests).toHaveLength(3);
    expect(requests[0]?.tools?.map((tool) => tool.function.name)).toEqual(["bash"]);
    expect(JSON.stringify(requests[2]?.messages)).toContain("[exit code 1]");
    expect(scope.progress.filter(({ type }) => type === "usage")).toHaveLength(3);
  });
});
