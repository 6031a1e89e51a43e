import { describe, expect, it } from "vitest";
import { INDEX_LIMITS } from "../limits.ts";
import { eligible } from "./eligible.ts";

const file = (path: string, bytes = 100) => ({ path, sha: "a".repeat(40), bytes });

describe("eligible", () => {
  it("passes over what is vendored, generated, locked, binary, empty or large", () => {
    const names = ["node_modules/x/a.js", "web/dist/a.js", "a.min.js", "yarn.lock", "logo.png", "data.csv"];
    const files = [
      ...names.map((name) => file(name)),
      file("empty.ts", 0),
      file("big.ts", INDEX_LIMITS.fileBytes + 1),
    ];

    expect(eligible([...files, file("src/a.ts")])).toEqual({
      files: [file("src/a.ts")],
      left: { files: 0, bytes: 0 },
    });
  });

  it("says how much a cap left out", () => {
    const many = Array.from({ length: INDEX_LIMITS.files + 3 }, (_, n) => file(`src/f${n}.ts`));

    const { files, left } = eligible(many);

    expect(files).toHaveLength(INDEX_LIMITS.files);
    expect(left).toEqual({ files: 3, bytes: 300 });
  });
});
