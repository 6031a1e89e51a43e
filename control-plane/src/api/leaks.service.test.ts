import { createLogger, createRedactor } from "@aicd/ops";
import { beforeAll, expect, it } from "vitest";
import { inOrganization } from "../http/route.ts";
import { ROUTES } from "./routes.ts";
import { requestTo } from "./testing/cases.ts";
import { send } from "./testing/client.ts";
import { createApiWorld, type Organization } from "./testing/world.ts";

const ROUNDS = 8;
const AT_ONCE = 24;

/** The real logger at its most talkative. Nothing is registered to be redacted, so nothing is hidden by luck. */
const lines: string[] = [];
const sink = { write: (line: string) => void lines.push(line) };
const world = await createApiWorld({
  log: createLogger({ level: "trace", redactor: createRedactor(), sink }),
});
const { ours, theirs } = world;
const { pool } = world.database;
const both = [ours, theirs];
const canaryOf = ({ login }: Organization) => `canary-of-${login}`;
const secretOf = (org: Organization) => `sk-${canaryOf(org)}-0123456789`;
const keys = new Map<Organization, string>();

beforeAll(async () => {
  for (const org of both) {
    const mark = [org.tenantId, canaryOf(org)];
    await pool.query(
      "UPDATE tasks SET issue_title = $2, detail = $2, progress = $2 WHERE tenant_id = $1",
      mark,
    );
    await pool.query(
      "UPDATE events SET body = jsonb_build_object('text', $2::text) WHERE tenant_id = $1",
      mark,
    );
    await pool.query(
      "UPDATE plans SET body = body || jsonb_build_object('title', $2::text) WHERE tenant_id = $1",
      mark,
    );
    await pool.query("UPDATE repositories SET name = $2 || id WHERE tenant_id = $1", mark);
    await pool.query("UPDATE api_keys SET name = $2 WHERE tenant_id = $1", mark);
    keys.set(org, await world.key(org, "owner"));
  }
});

function credentials(): string[] {
  return both.flatMap((org) => [
    keys.get(org) ?? "",
    secretOf(org),
    ...Object.values(org.users).flatMap(({ token, cookie }) => [token, cookie]),
  ]);
}

/** Everything that both may ask, of their own, of the other's, and of the other's at home; in turns. */
function* requests() {
  for (let round = 0; round < ROUNDS; round++) {
    for (const route of ROUTES.filter(({ media }) => media !== "text/event-stream")) {
      for (const org of both) {
        const other = org === ours ? theirs : ours;
        const asked = inOrganization(route)
          ? [requestTo(route, org), requestTo(route, other), requestTo(route, org, other)]
          : [requestTo(route, org)];
        for (const [index, request] of asked.entries()) {
          const { token, cookie } = org.users.owner;
          const csrf = world.deps.peppers.csrf(cookie);
          const headers: Record<string, string>[] = [
            { authorization: `Bearer ${token}` },
            { authorization: `Bearer ${keys.get(org)}` },
            { cookie: `aicd_session=${cookie}`, "x-csrf-token": csrf },
          ];
          const body = route.id === "putSecret" ? { value: secretOf(org) } : request.body;
          yield { org, other, request: { ...request, body, headers: headers[(round + index) % 3] ?? {} } };
        }
      }
    }
  }
}

async function askAll(): Promise<number[]> {
  const statuses: number[] = [];
  const all = requests();
  const callers = Array.from({ length: AT_ONCE }, async () => {
    for (const { org, other, request } of all) {
      const got = await send(world, request);
      statuses.push(got.status);
      const answer = `${got.text} ${JSON.stringify([...got.headers])}`;
      expect(answer.includes(canaryOf(other)), `${request.path} told ${org.login}`).toBe(false);
      for (const secret of credentials()) expect(answer.includes(secret), request.path).toBe(false);
    }
  });
  await Promise.all(callers);
  return statuses;
}

function expectCleanLog(): void {
  for (const line of lines) {
    for (const [org, other] of [both, both.toReversed()] as [Organization, Organization][]) {
      expect(line.includes(org.tenantId) && line.includes(canaryOf(other)), line).toBe(false);
    }
    for (const secret of credentials()) expect(line.includes(secret), line).toBe(false);
    expect(line).not.toMatch(/aicd_(live|session|refresh)_[0-9A-Za-z]{20}/);
  }
}

it("tells no organisation, in no answer and no line of the log, what is another's or secret", async () => {
  const statuses = await askAll();

  expect(statuses.length).toBeGreaterThan(1_000);
  expect(statuses.filter((status) => status < 300).length).toBeGreaterThan(300);
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  expectCleanLog();
});

it("nor when its statements fail and every failure is logged with them", async () => {
  const broken = ["tasks", "repositories", "tenant_secrets", "audit_log", "usage"];
  for (const name of broken) await pool.query(`ALTER TABLE ${name} RENAME TO ${name}_away`);

  const statuses = await askAll().finally(async () => {
    for (const name of broken) await pool.query(`ALTER TABLE ${name}_away RENAME TO ${name}`);
  });

  expect(statuses.filter((status) => status === 500).length).toBeGreaterThan(300);
  expect(lines.length).toBeGreaterThan(300);
  expectCleanLog();
});
