import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DASHBOARDS, dashboardOf } from "./dashboards.ts";

/** `npm run dashboards`: writes the JSON that Grafana reads from the table of panels. */
for (const board of DASHBOARDS) {
  const file = join(import.meta.dirname, "dashboards", `${board.name}.json`);
  writeFileSync(file, `${JSON.stringify(dashboardOf(board), null, 2)}\n`);
  process.stdout.write(`${board.name}: ${board.panels.length} panels\n`);
}
