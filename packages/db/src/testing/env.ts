import { z } from "zod";

const TestEnv = z.object({
  /** A superuser connection to a server whose databases we may create and drop. */
  TEST_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DOCKER_HOST: z.string().optional(),
});

export function testEnv(): z.infer<typeof TestEnv> {
  return TestEnv.parse(process.env);
}
