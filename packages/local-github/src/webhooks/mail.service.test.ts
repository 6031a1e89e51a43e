import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clone, git, NAME, openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
  await scene.github.settled();
  scene.received.length = 0;
});

afterEach(async () => {
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const open = (title: string, body?: string) =>
  scene.github.as("ada").openIssue(NAME, body === undefined ? { title } : { title, body });
const titles = () =>
  scene.received.map((each) => JSON.parse(each.body.toString())).map((each) => each.issue?.title);
const guids = () => scene.received.map((each) => each.headers["x-github-delivery"]);

describe("webhooks on their way", () => {
  it("are late", async () => {
    scene.github.webhooks.delay({ event: "issues", times: 1, ms: 1500 });
    const started = performance.now();

    await open("late");
    await open("on time");
    await scene.github.settled();

    expect(titles()).toEqual(["on time", "late"]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1499);
  });

  it("arrive twice under one id", async () => {
    scene.github.webhooks.double({ event: "issues" });

    await open("twice");
    await expect.poll(() => titles()).toEqual(["twice", "twice"]);

    expect(new Set(guids()).size).toBe(1);
  });

  it("get lost, and can be asked for again", async () => {
    scene.github.webhooks.drop({ event: "issues", times: 1 });
    await open("lost");
    const list = await scene.appOctokit.request("GET /app/hook/deliveries", { status: "failure" });

    const [failed] = list.data;
    await scene.appOctokit.request("POST /app/hook/deliveries/{delivery_id}/attempts", {
      delivery_id: Number(failed?.id),
    });
    await scene.github.settled();

    expect(failed).toMatchObject({ event: "issues", status_code: 502 });
    expect([titles(), guids()]).toEqual([["lost"], [failed?.guid]]);
  });

  it("arrive in another order, the same for the same seed", async () => {
    const order = async (seed: number) => {
      scene.received.length = 0;
      scene.github.webhooks.shuffle({ event: "issues", count: 5, seed });
      for (const title of ["a", "b", "c", "d", "e"]) await open(title);
      await expect.poll(() => titles().length).toBe(5);
      return scene.github.deliveries.slice(-5).map((each) => JSON.parse(each.payload).issue.title);
    };

    const [first, second, other] = [await order(7), await order(7), await order(8)];

    expect(first).toEqual(second);
    expect([...first].sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect([first, other]).not.toContainEqual(["a", "b", "c", "d", "e"]);
  });

  it("that wait to be shuffled arrive when all is clear", async () => {
    scene.github.webhooks.shuffle({ count: 3 });
    await open("only one");
    await scene.github.settled();
    const before = titles();

    scene.github.webhooks.clear();
    await scene.github.settled();

    expect([before, titles()]).toEqual([[], ["only one"]]);
  });

  it("over 25 MB are never sent, and no delivery tells of them", async () => {
    const work = await clone(scene, "ada");
    await importCommits(work, 420, 64 * 1024);

    const pushed = await git(work, "push", "--quiet", "origin", "big", "main:small");
    await scene.github.settled();

    const pushes = scene.github.deliveries.filter((each) => each.event === "push");
    expect([pushed.code, pushes.map((each) => JSON.parse(each.payload).ref)]).toEqual([
      0,
      ["refs/heads/small"],
    ]);
  });
});

/** Empty commits with long messages on a branch `big`, as fast as git can make them. */
function importCommits(cwd: string, count: number, bytes: number): Promise<unknown> {
  const message = "x".repeat(bytes);
  const child = spawn("git", ["fast-import", "--quiet"], { cwd, stdio: ["pipe", "ignore", "inherit"] });
  const closed = once(child, "close");
  for (let at = 0; at < count; at += 1) {
    const from = at === 0 ? "from refs/heads/main^0\n" : "";
    const who = `ada <ada@example.com> ${1_700_000_000 + at} +0000`;
    child.stdin.write(`commit refs/heads/big\ncommitter ${who}\ndata ${bytes}\n${message}\n${from}\n`);
  }
  child.stdin.end();
  return closed;
}
