import { z } from "zod";
import { Settings } from "./settings.ts";

/** Path of the JSON Schema of the settings on every server; it stays where it is. */
export const SCHEMA_PATH = "/schemas/aicd.json";

/** The JSON Schema of `.github/aicd.yml`, for editors: what a person may write, defaults and all. */
export function settingsSchema(): Record<string, unknown> {
  return {
    title: ".github/aicd.yml",
    description: "Settings of a repository for AI-CD.",
    ...z.toJSONSchema(Settings, { io: "input" }),
  };
}
