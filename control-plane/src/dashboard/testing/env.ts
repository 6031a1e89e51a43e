import { z } from "zod";

const ChromiumEnv = z.object({
  /** A browser that is not on the PATH. */
  CHROME_PATH: z.string().min(1).optional(),
  PATH: z.string().default(""),
});

export function chromiumEnv(): z.infer<typeof ChromiumEnv> {
  return ChromiumEnv.parse(process.env);
}
