import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DASHBOARDS, dashboardOf } from "../../docker/grafana/dashboards.ts";
import { FAILURE_REASONS, TASK_STATES } from "../../packages/core/src/index.ts";
import { METRICS } from "../../packages/ops/src/metrics.ts";
import { ROOT } from "./imports.ts";

type Rule = { alert: string; expr: string; annotations: { runbook: string } };
const docker = (path: string) => readFileSync(join(ROOT, "docker", path), "utf8");
const rules = (parse(docker("prometheus/rules/aicd.yml")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const queries = DASHBOARDS.flatMap(({ name, panels }) =>
  panels.flatMap(({ title, queries }) =>
    queries.map(([query]) => [`${name}: ${title}`, query] as [string, string]),
  ),
);
const asked: [string, string][] = [
  ...queries,
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
];

/** Of our metrics those of the table, with their labels; of others the ones that Prometheus and prom-client bring. */
function strangersIn(query: string): string[] {
  const named = [...query.matchAll(/\b((?:aicd|nodejs|process)_\w+|up)(?:\{([^}]*)\})?/g)];
  return named.flatMap(([all, name = "", matchers = ""]) => {
    if (!name.startsWith("aicd_")) return [];
    const known = METRICS[name.replace(/_(?:bucket|count|sum)$/, "") as keyof typeof METRICS];
    const labels = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label ?? "");
    const strange = labels.filter(
      (label) => !(known?.labels as readonly string[] | undefined)?.includes(label),
    );
    return known === undefined || strange.some((label) => label !== "job") ? [all] : [];
  });
}

describe("what an operator looks at", () => {
  it.each(DASHBOARDS.map((board) => [board.name, board] as const))(
    "%s is as its table says",
    (name, board) => {
      expect(JSON.parse(docker(`grafana/dashboards/${name}.json`))).toEqual(dashboardOf(board));
    },
  );

  it.each(asked)("%s asks for what is measured", (_name, query) => {
    expect(query).toMatch(/aicd_|nodejs_|process_|up\{/);
    expect(strangersIn(query)).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s has a runbook", (_name, { annotations }) => {
    expect(existsSync(join(ROOT, annotations.runbook))).toBe(true);
  });

  it("names states and reasons as they are", () => {
    const words = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(?:state|reason)=~"([A-Za-z_|]+)"/g)].flatMap(([, list = ""]) => list.split("|")),
    );
    expect(words.filter((word) => ![...TASK_STATES, ...FAILURE_REASONS].includes(word as never))).toEqual([]);
  });
});

it("no metric has a tenant, a task or a person for a label", () => {
  const labels = Object.values(METRICS).flatMap(({ labels }) => [...labels]);
  expect(labels.filter((label) => /tenant|org|task|repo|user|login|attempt/.test(label))).toEqual([]);
});
