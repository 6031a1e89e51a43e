import { expect, it } from "vitest";
import { allows, may, mayGrant, PERMISSION_NAMES, type Principal, ROLES, roleOnThread } from "./rbac.ts";

it("is the table people were told", () => {
  const table = PERMISSION_NAMES.map(
    (permission) =>
      `${permission.padEnd(20)} ${ROLES.map((role) => (may(role, permission) ? role : "-".repeat(role.length))).join(" ")}`,
  );

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "organization.read    owner admin member viewer billing
    organization.write   owner admin ------ ------ -------
    organization.export  owner ----- ------ ------ -------
    repository.read      owner admin member viewer -------
    repository.write     owner admin ------ ------ -------
    task.read            owner admin member viewer -------
    task.write           owner admin member ------ -------
    policy.override      owner admin ------ ------ -------
    usage.read           owner admin member ------ billing
    member.read          owner admin member viewer -------
    member.write         owner admin ------ ------ -------
    owner.write          owner ----- ------ ------ -------
    api_key.read         owner admin ------ ------ -------
    api_key.write        owner admin ------ ------ -------
    secret.read          owner admin ------ ------ -------
    secret.write         owner admin ------ ------ -------
    webhook.read         owner admin ------ ------ -------
    webhook.write        owner admin ------ ------ -------
    audit.read           owner admin ------ ------ -------
    runner.read          owner admin member viewer -------
    billing.read         owner admin ------ ------ billing
    billing.write        owner ----- ------ ------ billing"
  `);
});

it("lets an owner do everything", () => {
  expect(PERMISSION_NAMES.filter((permission) => !may("owner", permission))).toEqual([]);
});

it("limits a key to its scopes, and the scopes to its role", () => {
  const key = {
    tenantId: "ten_x",
    actor: { kind: "api_key", keyId: "key_x", name: "ci", createdBy: { login: "mona", id: 1 } },
    role: "viewer",
    scopes: ["task.read", "task.write"],
  } as unknown as Principal;

  expect(PERMISSION_NAMES.filter((permission) => allows(key, permission))).toEqual(["task.read"]);
});

it("lets nobody give away more than they have", () => {
  const granted = ROLES.map((giver) => [giver, ROLES.filter((role) => mayGrant({ role: giver }, role))]);

  expect(Object.fromEntries(granted)).toEqual({
    owner: ["owner", "admin", "member", "viewer", "billing"],
    // Billing may change what the tenant pays for; an admin may not.
    admin: ["admin", "member", "viewer"],
    member: [],
    viewer: [],
    billing: [],
  });
});

it("lets a key give away no more than its scopes", () => {
  const key = { role: "owner", scopes: ["member.write", "organization.read", "task.read"] } as const;
  const wide = { role: "admin", scopes: PERMISSION_NAMES } as const;

  expect(ROLES.filter((role) => mayGrant(key, role))).toEqual([]);
  expect(ROLES.filter((role) => mayGrant(wide, role))).toEqual(["admin", "member", "viewer"]);
});

it.each([
  ["admin", true],
  ["write", true],
  ["read", false],
  ["none", false],
] as const)("with %s on the repository the thread's commands are open: %s", (permission, open) => {
  const role = roleOnThread(permission);

  expect(role !== undefined && may(role, "task.write")).toBe(open);
});
