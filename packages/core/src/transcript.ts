import { z } from "zod";
import { LIMITS } from "./limits.ts";
import { exact } from "./text.ts";

/**
 * A conversation with a model as its agent left it, to be gone on with: by the same process after a finding, or by
 * another runner after the approval. Only agents read `body`; everybody else keeps it sealed and bounded.
 */
export const Transcript = z.object({
  /** Vendor and model of its last answer: another one's reasoning cannot be given back. */
  by: exact(300),
  /** Commit the work started from. */
  startSha: exact(64),
  /** Unix milliseconds of its last answer; vendors' caches live some minutes from then. */
  atMs: z.number().nonnegative(),
  body: exact(LIMITS.transcriptCharacters),
});
export type Transcript = z.infer<typeof Transcript>;
