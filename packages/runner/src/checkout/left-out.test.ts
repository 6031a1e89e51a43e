import { expect, it } from "vitest";
import { withLeftOut } from "./left-out.ts";

const one = (path: string) => ({ path, why: "it is a socket", meant: false });

it("K4: what is left out is named at the end of the summary, within its bounds", () => {
  const many = Array.from({ length: 25 }, (_, index) => one(`s${index}`));

  expect(withLeftOut("Does it.", [])).toBe("Does it.");
  expect(withLeftOut("Does it.", [one("a`b")])).toBe(
    "Does it.\n\nLeft out of this change:\n- `a'b`: it is a socket",
  );
  const cut = withLeftOut("x".repeat(30_000), many);
  expect(cut.length).toBeLessThanOrEqual(20_000);
  expect(cut).toContain("- and 5 more");
});
