import { runTool } from "./tool.ts";

/** The linter. */
runTool("@biomejs/biome", "bin/biome");
