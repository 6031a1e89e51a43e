import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestDatabase } from "@aicd/db/testing";
import { afterAll, expect, it } from "vitest";

const DIRECTORY = join(import.meta.dirname, "../../docker/runbooks");
const database = await createTestDatabase();
afterAll(() => database.drop());

const statements = readdirSync(DIRECTORY).flatMap((file) =>
  [...readFileSync(join(DIRECTORY, file), "utf8").matchAll(/-c "([^"]+)"/g)].map(
    ([, sql = ""]) => [file, sql.replace("'JOB'", "'sweep'")] as const,
  ),
);

it.each(statements)("%s: %s runs on the schema of today", async (_file, sql) => {
  await expect(database.pool.query(sql)).resolves.toBeDefined();
});

it("there are some", () => expect(statements.length).toBeGreaterThan(3));
