import { expect, it } from "vitest";
import { send } from "../api/testing/client.ts";
import { createApiWorld } from "../api/testing/world.ts";

const world = await createApiWorld();
const { ours, github } = world;
const { owner, viewer } = ours.users;
const base = `/v1/organizations/${ours.tenantId}`;
const roleOf = async (token: string) => {
  const got = await send(world, { path: base, token });
  return got.status === 200 ? (got.body as { role: string }).role : got.status;
};
const age = () =>
  world.database.pool.query("UPDATE memberships SET checked_at = now() - interval '16 minutes'");

it("an owner on GitHub keeps the smaller role given here while somebody else owns the organisation", async () => {
  github.members.set(owner.login, { id: owner.githubId, role: "admin" });
  github.members.set(viewer.login, { id: viewer.githubId, role: "admin" });
  await age();

  expect(await roleOf(viewer.token)).toBe("viewer");
  await age();
  github.away.now = true;
  expect(await roleOf(viewer.token)).toBe(503);
  github.away.now = false;
  expect(await roleOf(viewer.token)).toBe("viewer");
});

it("and owns it when the last other owner left, who asks for nothing any more", async () => {
  github.members.delete(owner.login);
  await age();

  expect(await roleOf(viewer.token)).toBe("owner");
  expect(await roleOf(owner.token)).toBe(404);
  const log = await send(world, { path: `${base}/audit-log`, token: viewer.token });
  expect(log.body).toMatchObject({
    items: [
      { action: "member.role_changed", target: viewer.userId, detail: { before: "viewer", after: "owner" } },
      { action: "member.left", target: owner.userId },
    ],
  });
});
