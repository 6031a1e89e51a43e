import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createBrowser } from "../world/browser.ts";
import { createWorld, HUMAN, ORG } from "../world/world.ts";

const FRONTEND = "https://app.example.com";
const world = await createWorld({ env: { FRONTEND_ORIGIN: FRONTEND } });
const { github, url, database } = world;
await github.createUser("member");
await github.setMembership(ORG, "member", "member");

type Session = {
  user: { id: string; login: string };
  organizations: { id: string; login: string; role: string }[];
  csrf?: { header: string; token: string };
};

function post(path: string, body: unknown): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

describe("a browser", () => {
  it.each([
    [HUMAN, [{ login: ORG, role: "owner" }]],
    ["member", [{ login: ORG, role: "member" }]],
    ["stranger", []],
  ])("signs in as %s and is what GitHub says", async (login, organizations) => {
    const browser = createBrowser();

    const landed = await browser.signIn(`${url}/auth/github?return_to=/hello`, login);

    expect(landed.status).toBe(302);
    expect(landed.headers.get("location")).toBe(`${url}/hello`);
    const cookie = landed.headers.getSetCookie().find((line) => line.startsWith("aicd_session="));
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const session = (await (await browser.fetch(`${url}/auth/session`)).json()) as Session;
    expect(session.user.login).toBe(login);
    expect(session.organizations).toMatchObject(organizations);
  });

  it("belongs to an organisation that installed the App a moment ago", async () => {
    github.setWebhook(world.app.appId, "http://127.0.0.1:9/nobody");
    await github.createUser("newcomer");
    await github.createOrganization("fresh", { owner: "newcomer" });
    await github.installApp(world.app, "fresh", "all");
    const browser = createBrowser();

    await browser.signIn(`${url}/auth/github`, "newcomer");

    const session = (await (await browser.fetch(`${url}/auth/session`)).json()) as Session;
    expect(session.organizations).toMatchObject([{ login: "fresh", role: "owner" }]);
    github.setWebhook(world.app.appId, `${url}/api/github/webhooks`);
  });

  it("signs out only with the token that its page was given", async () => {
    const browser = createBrowser();
    await browser.signIn(`${url}/auth/github`, HUMAN);
    const { csrf } = (await (await browser.fetch(`${url}/auth/session`)).json()) as Session;
    const signOut = (headers: Record<string, string>) =>
      browser.fetch(`${url}/auth/sign-out`, { method: "POST", headers });

    expect((await signOut({})).status).toBe(403);
    expect((await signOut({ "x-csrf-token": "x".repeat(43) })).status).toBe(403);
    const token = csrf?.token ?? "";
    expect((await signOut({ "x-csrf-token": token, origin: "https://evil.example" })).status).toBe(403);
    const kept = [...(browser.cookies.get(new URL(url).host) ?? [])];
    expect((await signOut({ "x-csrf-token": token, origin: url })).status).toBe(204);

    const again = await fetch(`${url}/auth/session`, {
      headers: { cookie: kept.map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    expect(again.status).toBe(401);
  });

  it("cannot be given somebody else's sign-in", async () => {
    const [attacker, victim] = [createBrowser(), createBrowser()];
    const begun = await attacker.fetch(`${url}/auth/github`);
    const authorize = new URL(begun.headers.get("location") ?? "");
    const form = new URLSearchParams(authorize.search);
    form.set("login", "stranger");
    const granted = await attacker.fetch(`${github.url}/login/oauth/authorize`, {
      method: "POST",
      body: form,
    });
    const callback = granted.headers.get("location") ?? "";

    const lured = await victim.fetch(callback);

    expect(lured.status).toBe(400);
    expect(lured.headers.getSetCookie().join()).not.toContain("aicd_session=");
    expect((await attacker.fetch(callback)).status).toBe(302);
    expect((await attacker.fetch(callback)).status, "a state works once").toBe(400);
  });

  it.each(["https://evil.example", "//evil.example/x", "/\\evil.example", "javascript:alert(1)"])(
    "is not sent on to %s",
    async (target) => {
      const answer = await fetch(`${url}/auth/github?return_to=${encodeURIComponent(target)}`, {
        redirect: "manual",
      });

      expect(answer.status).toBe(400);
      expect(answer.headers.get("location")).toBeNull();
    },
  );

  it("is told when the person declines", async () => {
    const answer = await fetch(`${url}/auth/github/callback?error=access_denied&state=x`);

    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { detail: string }).detail).toMatch(/declined/);
  });
});

describe("a frontend", () => {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const start = `${url}/auth/github?code_challenge=${challenge}&return_to=${encodeURIComponent(`${FRONTEND}/in`)}`;
  type Pair = { access_token: string; refresh_token: string };

  async function code(): Promise<string> {
    const landed = await createBrowser().signIn(start, HUMAN);
    const target = new URL(landed.headers.get("location") ?? "");
    expect(`${target.origin}${target.pathname}`).toBe(`${FRONTEND}/in`);
    return target.searchParams.get("code") ?? "";
  }
  const exchange = async (given: string, code_verifier = verifier) =>
    post("/auth/token", { grant_type: "authorization_code", code: given, code_verifier });
  const refresh = (refresh_token: string) =>
    post("/auth/token", { grant_type: "refresh_token", refresh_token });
  const whoAmI = (token: string) =>
    fetch(`${url}/auth/session`, { headers: { authorization: `Bearer ${token}` } });

  it("exchanges its code once, with its own verifier", async () => {
    const stolen = await code();
    expect((await exchange(stolen, "x".repeat(43))).status).toBe(400);
    expect((await exchange(stolen)).status, "a failed try spends it").toBe(400);
    const own = await code();
    const both = await Promise.all([exchange(own), exchange(own)]);

    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    const good = both.find(({ status }) => status === 200);
    const { access_token: token } = ((await good?.json()) ?? {}) as Pair;
    expect(token).toMatch(/^aicd_session_/);
    expect((await whoAmI(token)).status).toBe(200);
  });

  const later = () =>
    database.pool.query("UPDATE sessions SET last_used_at = last_used_at - interval '31 seconds'");
  const pairOf = async (answer: Promise<Response>) => (await (await answer).json()) as Pair;

  it("renews its tokens; two pages that do at once, or one whose answer was lost, go on", async () => {
    const first = await pairOf(exchange(await code()));

    const both = await Promise.all([refresh(first.refresh_token), refresh(first.refresh_token)]);
    const [second, same] = (await Promise.all(both.map((answer) => answer.json()))) as [Pair, Pair];
    const repeated = await pairOf(refresh(first.refresh_token));

    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(same).toEqual(second);
    expect(repeated).toEqual(second);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await whoAmI(first.access_token)).status).toBe(401);
    expect((await whoAmI(second.access_token)).status).toBe(200);
    const third = await pairOf(refresh(second.refresh_token));
    expect((await whoAmI(third.access_token)).status).toBe(200);
  });

  it("whose token a thief changed, however often, ends the thief's session with its own next try", async () => {
    const first = await pairOf(exchange(await code()));
    let thief = first;
    for (let times = 0; times < 3; times++) thief = await pairOf(refresh(thief.refresh_token));
    expect((await whoAmI(thief.access_token)).status).toBe(200);

    expect((await refresh(first.refresh_token)).status).toBe(401);

    expect((await whoAmI(thief.access_token)).status).toBe(401);
    expect((await refresh(thief.refresh_token)).status).toBe(401);
  });

  it("that shows a spent refresh token later ends the session", async () => {
    const first = await pairOf(exchange(await code()));
    const second = await pairOf(refresh(first.refresh_token));
    await later();

    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await whoAmI(second.access_token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(401);
  });

  it("elsewhere than the configured one gets no code", async () => {
    const answer = await fetch(
      start.replace(encodeURIComponent(FRONTEND), encodeURIComponent("https://evil.example")),
      {
        redirect: "manual",
      },
    );

    expect(answer.status).toBe(400);
  });
});

it("slows down an address that tries too often, and says when to come back", async () => {
  const tries = await Promise.all(
    Array.from({ length: 140 }, () =>
      post("/auth/token", { grant_type: "refresh_token", refresh_token: "guess" }),
    ),
  );

  const slowed = tries.find(({ status }) => status === 429);
  expect(Number(slowed?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(tries.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(121);
});

it("keeps no token of GitHub's and no token of ours in the clear", async () => {
  const { rows } = await database.pool.query<{ text: string }>(
    "SELECT s::text AS text FROM sessions s UNION ALL SELECT u::text FROM users u UNION ALL SELECT i::text FROM sign_ins i",
  );

  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ text }) => /ghu_|ghr_|aicd_(?:session|refresh)_/.test(text))).toEqual([]);
  expect(github.unexpected).toEqual([]);
});
