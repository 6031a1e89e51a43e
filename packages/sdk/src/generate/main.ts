import { readFile, writeFile } from "node:fs/promises";
import { generate } from "./generate.ts";

const read = await readFile(new URL("../../openapi.json", import.meta.url), "utf8");
await writeFile(new URL("../generated.ts", import.meta.url), generate(JSON.parse(read)));
