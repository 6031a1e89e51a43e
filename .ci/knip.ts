import { runTool } from "./tool.ts";

/** Tells what nobody uses: files, exports, dependencies. */
runTool("knip", "bin/knip.js");
