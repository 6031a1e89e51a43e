import { generateKeyPairSync } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { importPKCS8, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({ private: true });
});

afterAll(async () => {
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

function bearer(token: string): Client {
  return new Client({ baseUrl: scene.github.url, auth: token });
}

async function tokenWith(request: Record<string, unknown>): Promise<string> {
  const { data } = await scene.appOctokit.rest.apps.createInstallationAccessToken({
    installation_id: scene.installationId,
    ...request,
  });
  return data.token;
}

describe("the App's JWT", () => {
  it("is recognised by app id and by client id", async () => {
    const { data } = await scene.appOctokit.rest.apps.getAuthenticated();
    const auth = { appId: scene.app.clientId, privateKey: scene.app.privateKeyPem };
    const byClient = new Client({ baseUrl: scene.github.url, authStrategy: createAppAuth, auth });

    expect((await byClient.rest.apps.getAuthenticated()).data?.id).toBe(scene.app.appId);
    expect(data?.slug).toBe("ai-cd");
    expect(data?.permissions).toMatchObject({ contents: "write", metadata: "read" });
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each([
    ["signed with another key", { other: true }, "could not be decoded"],
    ["expired", { exp: now() - 10 }, "Expiration time"],
    ["longer than ten minutes", { exp: now() + 3600 }, "too far in the future"],
    ["issued in the future", { iat: now() + 3600 }, "Issued at"],
    ["of an unknown App", { iss: "42" }, "Integration not found"],
  ])("is refused when it is %s", async (_what, change: Record<string, unknown>, message) => {
    const { other, ...claims } = change;
    const pair = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const own = (await import("node:crypto")).createPrivateKey(scene.app.privateKeyPem);
    const key = other ? await importPKCS8(pair.privateKey, "RS256") : own;
    const token = await new SignJWT({
      iss: String(scene.app.appId),
      iat: now() - 60,
      exp: now() + 300,
      ...claims,
    })
      .setProtectedHeader({ alg: "RS256" })
      .sign(key);

    const said = await refusal(bearer(token).request("GET /app"));

    expect(said.status).toBe(401);
    expect(said.message).toContain(message);
  });

  it("does not open a repository", async () => {
    const { token } = (await scene.appOctokit.auth({ type: "app" })) as { token: string };

    expect((await refusal(bearer(token).rest.repos.get(REPO))).status).toBe(401);
  });
});

describe("an installation token", () => {
  it("looks like today's tokens and expires within the hour", async () => {
    const { data } = await scene.appOctokit.rest.apps.createInstallationAccessToken({
      installation_id: scene.installationId,
    });

    expect(data.token).toMatch(/^ghs_[\w.-]{500,}$/);
    const minutes = (Date.parse(data.expires_at) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(58);
    expect(minutes).toBeLessThanOrEqual(60);
  });

  it("cannot ask for more than the installation was granted", async () => {
    const said = await refusal(tokenWith({ permissions: { administration: "write" } }));

    expect(said).toMatchObject({ status: 422, message: expect.stringContaining("not granted") });
  });

  it("narrowed to reading cannot write, and says what was missing", async () => {
    const reader = bearer(await tokenWith({ permissions: { issues: "read" } }));

    const listed = await reader.rest.issues.listForRepo(REPO);
    const said = await refusal(reader.rest.issues.create({ ...REPO, title: "x" }));

    expect(listed.status).toBe(200);
    expect(said).toMatchObject({ status: 403, message: "Resource not accessible by integration" });
  });

  it("narrowed to one repository does not see another of the same installation", async () => {
    await scene.github.createRepository("octo", "other", { private: true });
    await scene.github.changeInstallation(scene.installationId, { add: ["octo/other"] });
    const { data: demo } = await scene.octokit.rest.repos.get(REPO);

    const token = await tokenWith({ repository_ids: [demo.id] });

    expect((await refusal(bearer(token).rest.repos.get({ owner: "octo", repo: "other" }))).status).toBe(404);
    const { data } = await bearer(token).rest.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map((each) => each.full_name)).toEqual([NAME]);
  });

  it("is refused for a repository the installation does not have", async () => {
    await scene.github.createRepository("octo", "secret", { private: true });

    expect((await refusal(tokenWith({ repositories: ["secret"] }))).status).toBe(422);
  });

  it("stops working when it is revoked", async () => {
    const client = bearer(await tokenWith({}));

    await client.rest.apps.revokeInstallationAccessToken();

    expect(await refusal(client.rest.repos.get(REPO))).toMatchObject({
      status: 401,
      message: "Bad credentials",
    });
  });

  it("stops working while the installation is suspended", async () => {
    const client = bearer(await tokenWith({}));

    await scene.github.suspendInstallation(scene.installationId, true);
    const during = await refusal(client.rest.repos.get(REPO));
    await scene.github.suspendInstallation(scene.installationId, false);

    expect(during.status).toBe(403);
    expect((await client.rest.repos.get(REPO)).status).toBe(200);
  });
});

describe("installations", () => {
  it("are found by repository, organization and in the list", async () => {
    const [byRepo, byOrg, list] = await Promise.all([
      scene.appOctokit.rest.apps.getRepoInstallation(REPO),
      scene.appOctokit.rest.apps.getOrgInstallation({ org: "octo" }),
      scene.appOctokit.rest.apps.listInstallations(),
    ]);

    expect([byRepo.data.id, byOrg.data.id, list.data[0]?.id]).toEqual(Array(3).fill(scene.installationId));
  });
});

describe("the manifest flow", () => {
  it("registers an App from the posted form and gives its secrets for the code, once", async () => {
    const manifest = {
      name: "From Manifest",
      hook_attributes: { url: "http://127.0.0.1:9/" },
      redirect_url: "http://127.0.0.1:9/setup",
      default_permissions: { issues: "write" },
      default_events: ["issues"],
    };

    const page = await fetch(`${scene.github.url}/organizations/octo/settings/apps/new?state=abc`, {
      method: "POST",
      body: new URLSearchParams({ manifest: JSON.stringify(manifest) }),
      redirect: "manual",
    });
    const target = new URL(page.headers.get("location") ?? "");
    const code = target.searchParams.get("code") ?? "";
    const anonymous = new Client({ baseUrl: scene.github.url });
    const { data } = await anonymous.rest.apps.createFromManifest({ code });
    const again = await refusal(anonymous.rest.apps.createFromManifest({ code }));

    expect(page.status).toBe(302);
    expect(target.searchParams.get("state")).toBe("abc");
    expect(data).toMatchObject({
      slug: "from-manifest",
      name: "From Manifest",
      permissions: { issues: "write" },
    });
    expect(data.pem).toContain("BEGIN RSA PRIVATE KEY");
    expect(again.status).toBe(404);
  });
});
