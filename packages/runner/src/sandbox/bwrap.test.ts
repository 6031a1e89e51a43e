import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bwrap } from "./bwrap.ts";

it("hides what lies in the same directory as a toolchain, but not what PATH leads to inside of it", () => {
  const work = join(homedir(), "work");
  const hidden = join(work, "secrets");
  const argv = bwrap({
    workspace: join(work, "checkout"),
    home: "/tmp/h",
    temp: "/tmp/t",
    scratch: "/tmp/s",
    hidden: [hidden],
    path: [join(work, "checkout/node_modules/.bin"), join(hidden, "tools/bin")].join(":"),
    git: { kind: "none" },
    sockets: [],
    network: false,
    readOnly: false,
  });

  const place = (...words: string[]) =>
    argv.findIndex((_, at) => words.every((word, offset) => argv[at + offset] === word));
  const order = [
    place("--ro-bind-try", work),
    place("--tmpfs", hidden),
    place("--ro-bind-try", join(hidden, "tools/bin")),
    place("--bind", join(work, "checkout")),
  ];
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});
