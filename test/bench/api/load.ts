import { may, PERMISSION_NAMES, type UserId } from "@aicd/core";
import type { Pool } from "pg";
import { createPeppers, hintOf, mintToken, sha256 } from "../../../control-plane/src/identity/tokens.ts";
import { parseMasterKeys } from "../../../control-plane/src/secrets/master-keys.ts";

/** Somebody from whom one repository of each tenant is hidden. */
export const MEMBER = `usr_${"1".padStart(26, "0")}` as UserId;
export const TASKS_PER_TENANT = 1_000;
const REPOSITORIES = 4;

/** Ids as ours look, from a number: digits are letters of our alphabet, so they sort by the number. */
export const idOf = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, "0")}`;
const sqlId = (prefix: string, number: string) => `'${prefix}_' || lpad((${number})::text, 26, '0')`;

/** Tenants `from`..`to`-1, each with four repositories, a thousand tasks, attempts and usage; by SQL alone. */
export async function loadTenants(pool: Pool, from: number, to: number): Promise<void> {
  const client = await pool.connect();
  try {
    // Foreign keys of rows made by rule are not worth looking up a million times.
    await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
    const tenants = `generate_series(${from}, ${to - 1}) AS t`;
    await client.query(`INSERT INTO tenants (id, account_id, login, kind)
      SELECT ${sqlId("ten", "t")}, t, 'org-' || t, 'Organization' FROM ${tenants}`);
    await client.query(`INSERT INTO installations (tenant_id, id, github_id, state)
      SELECT ${sqlId("ten", "t")}, ${sqlId("ins", "t")}, t + 1, 'active' FROM ${tenants}`);
    await client.query(`INSERT INTO repositories (tenant_id, id, installation_id, github_id, owner, name, private)
      SELECT ${sqlId("ten", "t")}, ${sqlId("rep", `t * ${REPOSITORIES} + r`)}, ${sqlId("ins", "t")},
        t * ${REPOSITORIES} + r, 'org-' || t, 'repo-' || r, r % 2 = 0
      FROM ${tenants}, generate_series(0, ${REPOSITORIES - 1}) AS r`);
    // Tasks of all tenants lie mixed on the disk, as they would have come.
    await client.query(`INSERT INTO tasks (tenant_id, id, repository_id, issue_number, issue_title, state, phase,
        mode, requested_by, source, flags, budget_micro_usd, spent_micro_usd, thread_rendered, created_at, state_at)
      SELECT ${sqlId("ten", "t")}, ${sqlId("tsk", `n::bigint * 1000000 + t`)}, ${sqlId("rep", `t * ${REPOSITORIES} + n % ${REPOSITORIES}`)},
        n, 'Issue ' || n || ' of many', CASE WHEN n % 100 < 80 THEN 'MERGED' WHEN n % 100 < 90 THEN 'CANCELLED'
          WHEN n % 100 < 97 THEN 'CLOSED' WHEN n % 100 < 99 THEN 'FAILED' ELSE 'PR_OPEN' END,
        'code', 'wait', jsonb_build_object('login', 'dev-' || n % 20, 'id', n % 20), '{"kind":"issue"}', '{}',
        10000000, 420000, 1, now() - (${TASKS_PER_TENANT} - n) * interval '1 hour', now()
      FROM generate_series(1, ${TASKS_PER_TENANT}) AS n, ${tenants}`);
    await client.query(`INSERT INTO attempts (tenant_id, id, task_id, number, phase, state, run_key)
      SELECT ${sqlId("ten", "t")}, ${sqlId("att", `n::bigint * 1000000 + t`)}, ${sqlId("tsk", `n::bigint * 1000000 + t`)}, 1, 'plan',
        'succeeded', 'run'
      FROM generate_series(1, ${TASKS_PER_TENANT}, 10) AS n, ${tenants}`);
    await client.query(`INSERT INTO events (tenant_id, id, task_id, type, body)
      SELECT ${sqlId("ten", "t")}, ${sqlId("evt", `(n::bigint * 1000000 + t) * 10 + e`)}, ${sqlId("tsk", `n::bigint * 1000000 + t`)},
        'step.taken', '{}'
      FROM generate_series(1, ${TASKS_PER_TENANT}, 50) AS n, generate_series(0, 4) AS e, ${tenants}`);
    await client.query(`INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price,
        micro_usd, created_at)
      SELECT ${sqlId("ten", "t")}, ${sqlId("usg", `n::bigint * 1000000 + t`)}, n::text, ${sqlId("tsk", `n::bigint * 1000000 + t`)}, '',
        'anthropic', 'claude-sonnet-5', '{}', '{}', 42000, now() - n * interval '5 hours'
      FROM generate_series(1, ${TASKS_PER_TENANT}, 10) AS n, ${tenants}`);
    await client.query("RESET session_replication_role");
    await client.query("VACUUM ANALYZE tasks, attempts, events, usage, repositories, installations, tenants");
  } finally {
    client.release(true);
  }
}

/** An API key for each tenant. @returns their secrets, by tenant */
export async function loadKeys(pool: Pool, encryptionKey: string, tenants: number): Promise<string[]> {
  const peppers = createPeppers(parseMasterKeys(encryptionKey));
  const secrets = Array.from({ length: tenants }, () => mintToken("key"));
  const scopes = PERMISSION_NAMES.filter((permission) => may("owner", permission));
  await pool.query(
    `INSERT INTO api_keys (tenant_id, id, name, hash, hint, role, scopes, created_by, expires_at)
     SELECT tenant_id, id, 'bench', hash, hint, 'owner', $5, '{"login":"dev-0","id":0}', now() + interval '1 day'
     FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) AS k (tenant_id, id, hash, hint)`,
    [
      secrets.map((_secret, tenant) => idOf("ten", tenant)),
      secrets.map((_secret, tenant) => idOf("key", tenant)),
      secrets.map((secret) => peppers.hashes(secret)[0]),
      secrets.map(hintOf),
      scopes,
    ],
  );
  // A key works only while whoever made it is a member, of whom GitHub needs not be asked again here.
  const maker = `usr_${"0".repeat(26)}`;
  await pool.query(
    "INSERT INTO users (id, github_id, login) VALUES ($1, 0, 'dev-0') ON CONFLICT DO NOTHING",
    [maker],
  );
  await pool.query(
    `INSERT INTO memberships (tenant_id, user_id, login, role, source, checked_at)
     SELECT id, $1, 'dev-0', 'owner', 'set', now() + interval '1 day' FROM unnest($2::text[]) AS t (id)
     ON CONFLICT DO NOTHING`,
    [maker, secrets.map((_secret, tenant) => idOf("ten", tenant))],
  );
  await pool.query("VACUUM ANALYZE api_keys, users, memberships");
  return secrets;
}

/** A person who is a member everywhere and may read one of the two private repositories of each. @returns their token */
export async function loadMember(pool: Pool): Promise<string> {
  const token = mintToken("session");
  await pool.query(
    "INSERT INTO users (id, github_id, login) VALUES ($1, 1, 'dev-1') ON CONFLICT DO NOTHING",
    [MEMBER],
  );
  await pool.query(
    `INSERT INTO sessions (id, user_id, kind, token_hash, expires_at)
     VALUES ($1, $2, 'token', $3, now() + interval '1 day')`,
    [idOf("ses", 1), MEMBER, sha256(token)],
  );
  // GitHub needs not be asked again while the benchmark runs.
  await pool.query(
    `INSERT INTO memberships (tenant_id, user_id, login, role, source, checked_at)
     SELECT id, $1, 'dev-1', 'member', 'set', now() + interval '1 day' FROM tenants`,
    [MEMBER],
  );
  await pool.query(
    `INSERT INTO repository_access (tenant_id, user_id, repository_id, readable, checked_at)
     SELECT tenant_id, $1, id, name = 'repo-2', now() + interval '1 day' FROM repositories WHERE private`,
    [MEMBER],
  );
  await pool.query("VACUUM ANALYZE repository_access, memberships, users, sessions");
  return token;
}
