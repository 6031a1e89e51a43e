import { spawnSync } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../../docker");
let directory: string;

/**
 * A `docker` that notes what it is asked, with the image it is asked for, and fails where `broken` says so: each line
 * is an expression for such a note.
 */
const DOCKER = `#!/usr/bin/env bash
note="$AICD_IMAGE $(printf '%s ' "$@" | sed 's/compose --env-file .env --file compose.prod.yml //')"
echo "$note" >> notes
while read -r expression; do
  [ -z "$expression" ] || ! grep --quiet --extended-regexp "$expression" <<<"$note" || exit 1
done < broken
exit 0
`;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aicd-deploy-"));
  for (const file of ["deploy.sh", "compose.prod.yml"]) await cp(join(SOURCE, file), join(directory, file));
  await writeFile(join(directory, "docker"), DOCKER);
  await chmod(join(directory, "docker"), 0o755);
  await writeFile(join(directory, ".env"), "APP_ID=1\n");
  await writeFile(join(directory, "broken"), "");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function deploy(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(directory, "deploy.sh"), args, {
    encoding: "utf8",
    env: { PATH: `${directory}:/usr/local/bin:/usr/bin:/bin` },
  });
  return { status, said: `${stdout}${stderr}` };
}

async function notes(): Promise<string[]> {
  const text = await readFile(join(directory, "notes"), "utf8").catch(() => "");
  return text.trim().split("\n");
}

const release = () => readFile(join(directory, "release.env"), "utf8");
const breakAt = (expression: string) => writeFile(join(directory, "broken"), `${expression}\n`);

describe("deploy.sh", () => {
  beforeEach(() => writeFile(join(directory, "release.env"), "CURRENT=one\nPREVIOUS=zero\n"));

  it("updates with a backup and the migration first, then one process after the other", async () => {
    expect(deploy("update", "two")).toMatchObject({ status: 0 });
    const did = (await notes()).map((note) => note.replace(/up --detach --no-deps .* (\S+) $/, "roll $1"));
    expect(did.slice(0, 7).map((note) => note.trim())).toEqual([
      "two pull --quiet web-1",
      "one exec -T backup backup now",
      "two run --rm migrate",
      ...["two roll worker-1", "two roll worker-2", "two roll web-1", "two roll web-2"],
    ]);
    expect(await release()).toBe("CURRENT=two\nPREVIOUS=one\n");
  });

  it.each([
    ["the image", "two pull", "cannot be pulled"],
    ["the backup", "backup now", "no backup"],
    ["the migration", "run --rm migrate", "migration failed"],
  ])("changes nothing when %s fails", async (_step, expression, says) => {
    await breakAt(expression);
    const { status, said } = deploy("update", "two");
    expect(status).toBe(1);
    expect(said).toContain(says);
    expect(said).toContain("one runs on");
    expect((await notes()).filter((note) => note.includes(" up "))).toEqual([]);
    expect(await release()).toBe("CURRENT=one\nPREVIOUS=zero\n");
  });

  it("goes back by itself when a process is not well", async () => {
    await breakAt("^two up .* web-1");
    const { status, said } = deploy("update", "two");
    expect([status, said]).toEqual([1, expect.stringContaining("one runs again")]);
    const back = (await notes())
      .filter((note) => /^one up/.test(note))
      .map((note) => note.trim().split(" ").at(-1));
    expect(back).toEqual(["worker-1", "worker-2", "web-1", "web-2"]);
    expect(await release()).toBe("CURRENT=one\nPREVIOUS=zero\n");
  });

  it("rolls back to the release before, and knows which was there", async () => {
    expect(deploy("rollback")).toMatchObject({ status: 0 });
    expect(await release()).toBe("CURRENT=zero\nPREVIOUS=one\n");
  });

  it("starts once, and says what to type instead", async () => {
    const { status, said } = deploy("start", "two");
    expect([status, said]).toEqual([1, expect.stringContaining("deploy.sh update two")]);
    await rm(join(directory, "release.env"));
    expect(deploy("update", "two").said).toContain("deploy.sh start two");
    expect(deploy("start", "two")).toMatchObject({ status: 0 });
    expect(await release()).toBe("CURRENT=two\nPREVIOUS=\n");
  });

  it.each([
    [["jump"], "Use: deploy.sh start"],
    [[], "Use: deploy.sh start"],
    [["update"], "Name the image"],
  ])("%j is answered with what there is", (args, says) => expect(deploy(...args).said).toContain(says));

  it("takes nothing for an image that a shell would read as more", async () => {
    const hostile = `two; touch ${join(directory, "owned")}`;

    expect(deploy("update", hostile)).toMatchObject({
      status: 1,
      said: expect.stringContaining("no name of an image"),
    });
    deploy("status");
    expect(await release()).toBe("CURRENT=one\nPREVIOUS=zero\n");
    expect(await notes()).not.toContainEqual(expect.stringContaining("touch"));
  });

  it("hands the rest to Docker Compose, with the release that runs", async () => {
    expect(deploy("compose", "logs", "--tail", "50", "web-1").status).toBe(0);
    expect((await notes()).at(-1)?.trim()).toBe("one logs --tail 50 web-1");
    await rm(join(directory, "release.env"));
    expect(deploy("compose", "ps").said).toContain("deploy.sh start IMAGE");
  });

  it("needs its .env", async () => {
    await rm(join(directory, ".env"));
    expect(deploy("status").said).toContain("Copy docker/env.example");
  });
});
