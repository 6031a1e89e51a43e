import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requirementsPage } from "./requirements.ts";

writeFileSync(join(import.meta.dirname, "../../.github/SECURITY-REQUIREMENTS.md"), requirementsPage());
