import { expect, it } from "vitest";
import { mayRead, mayWrite, permissionOf } from "./permission.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const PERMISSION = "GET /repos/acme/shop/collaborators/mona/permission";

it.each<[what: string, answer: Answer, outcome: object]>([
  ["admin", has("admin"), { value: "admin" }],
  ["write", has("write"), { value: "write" }],
  ["maintain, which GitHub folds to write", has("write", "maintain"), { value: "write" }],
  ["read", has("read"), { value: "read" }],
  ["triage, which GitHub folds to read", has("read", "triage"), { value: "read" }],
  ["none", has("none"), { value: "none" }],
  ["a word GitHub may invent", has("superuser"), { value: "none" }],
  ["the permission of another account of that name", has("admin", "admin", { id: 4 }), { value: "none" }],
  ["a permission, but not whose", has("admin", "admin", null), { value: "none" }],
  ["no user of this name", NO.missing, { value: "none" }],
  ["that the App may not ask", NO.forbidden, { status: 403 }],
])("of somebody GitHub says of: %s", async (_, answer, outcome) => {
  github.answers(PERMISSION, answer);

  expect(await outcomeOf(permissionOf(read, PLACE, { login: "mona", id: 3 }))).toMatchObject(outcome);
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["admin", has("admin"), { value: true }],
  ["read", has("read"), { value: true }],
  ["none", has("none"), { value: false }],
  ["the permission of another account of that name", has("admin", "admin", { id: 4 }), { value: false }],
  ["a permission, but not whose", has("admin", "admin", null), { value: false }],
  ["no user of this name", NO.missing, { value: false }],
  ["that the App may not ask", NO.forbidden, { status: 403 }],
])("whether somebody reads, when GitHub says: %s", async (_, answer, outcome) => {
  github.answers(PERMISSION, answer);

  expect(await outcomeOf(mayRead(read, PLACE, { id: 3, login: "mona" }))).toMatchObject(outcome);
});

it("a login is a part of the path and no more", async () => {
  github.answers("GET /repos/acme/shop/collaborators/..%2F..%2Fx/permission", NO.missing);

  expect(await permissionOf(read, PLACE, { login: "../../x" })).toBe("none");
});

it.each([
  ["admin", true],
  ["write", true],
  ["read", false],
  ["none", false],
] as const)("%s writes: %s", (permission, writes) => {
  expect(mayWrite(permission)).toBe(writes);
});

function has(permission: string, role = permission, user: object | null = { id: 3, login: "mona" }): Answer {
  return { status: 200, body: { permission, role_name: role, user } };
}
