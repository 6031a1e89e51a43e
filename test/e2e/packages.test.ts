import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { travel } from "../pack/journey.ts";
import { filesIn, pack, unpack } from "../pack/packed.ts";

const packed = pack();
afterAll(() => rmSync(packed.directory, { recursive: true, force: true }));

/** The machine's own Node, which is often older than the pinned one. */
const OTHER = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => existsSync(path)) ?? process.execPath;

describe("what is published", () => {
  it.each(["commandLine", "sdk"] as const)("as %s holds nothing of tests and no sources", (name) => {
    const files = filesIn(packed[name]);

    expect(files).toContain("package/LICENSE");
    expect(files).toContain("package/README.md");
    // The repository of the demo is a customer's, with tests of its own.
    const ours = files.filter((path) => !path.includes("/cli/example/repository/"));
    const odd = ours.filter((path) => /\.test\.|\/testing\/|node_modules|\.map$|proprietary/.test(path));
    expect(odd).toEqual([]);
    expect(files.length).toBeGreaterThan(5);
  });

  it("is as small as a program may be that people start with npx", () => {
    expect(readFileSync(packed.commandLine).byteLength).toBeLessThan(5_000_000);
    expect(readFileSync(packed.sdk).byteLength).toBeLessThan(50_000);
  });
});

describe("the published command line", () => {
  it("prepares a clone and works on an issue, in an empty folder on the machine's own Node", async () => {
    const directory = join(packed.directory, "journey");
    const home = unpack(packed.commandLine, join(packed.directory, "command-line"));
    mkdirSync(directory);

    const { init, workflow, branches, patches, changed } = await travel(
      [OTHER, join(home, "dist/aicd.js")],
      directory,
    );

    expect(init).toContain("+ .github/workflows/aicd.yml");
    expect(init).toContain("actions/setup-node@v6");
    expect(workflow).toContain("+      - uses: ai-cd/ai-cd@v1");
    expect(workflow).toContain("+      - uses: actions/setup-node@v6");
    expect(branches.filter((name) => name.startsWith("aicd/"))).toHaveLength(1);
    expect(patches).toHaveLength(1);
    expect(changed).toContain("src/split.js");
  });
});

describe("the published SDK", () => {
  const home = unpack(packed.sdk, join(packed.directory, "sdk"));

  it("needs nothing, and no module of Node", () => {
    const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    const texts = filesIn(packed.sdk)
      .filter((path) => path.endsWith(".js"))
      .map((path) => readFileSync(join(home, "..", path), "utf8"));

    expect(manifest.dependencies ?? {}).toEqual({});
    expect(texts.join("\n")).not.toMatch(/from "(?!\.\/)|require\(|process\.|Buffer\b/);
  });

  it("has types a stranger's compiler takes, and runs", () => {
    const project = join(packed.directory, "project");
    mkdirSync(join(project, "node_modules/@aicd"), { recursive: true });
    execFileSync("cp", ["-r", home, join(project, "node_modules/@aicd/sdk")]);
    writeFileSync(join(project, "package.json"), '{"type":"module"}');
    writeFileSync(
      join(project, "use.ts"),
      'import { createClient, type Task } from "@aicd/sdk";\nconst client = createClient({ url: "https://x.example", token: "t" });\nexport const state = (task: Task): string => task.state;\nconsole.log(typeof client.listTasks, state.name);\n',
    );
    const flags = [
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom",
      "--types",
      "",
    ];
    execFileSync("tsc", [...flags, "use.ts"], { cwd: project, stdio: "pipe" });

    expect(execFileSync(OTHER, ["use.js"], { cwd: project }).toString()).toBe("function state\n");
  });
});
