import fc from "fast-check";

/**
 * Property tests try the same values in every run of a commit: a red run can be repeated and a green one says
 * something about the commit. `AICD_SEED=N` tries others, `AICD_SEED=random` new ones each time (the deep tiers).
 */
// biome-ignore lint/suspicious/noUndeclaredEnvVars: no task that turbo keeps runs property tests
const seed = process.env.AICD_SEED ?? "1";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
