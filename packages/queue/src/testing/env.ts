import { z } from "zod";

const TestEnv = z.object({
  /** A Redis whose keys we may delete. */
  TEST_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
});

export function testEnv(): z.infer<typeof TestEnv> {
  return TestEnv.parse(process.env);
}
