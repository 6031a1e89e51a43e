import { writeFile } from "node:fs/promises";
import { openApiDocument } from "../http/document/openapi.ts";
import { ROUTES } from "./routes.ts";

/** `npm run sdk`, first half: the document as the SDK is generated from it. */
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error("Name the file to write, e.g. packages/sdk/openapi.json");
await writeFile(target, `${JSON.stringify(openApiDocument(ROUTES, "http://127.0.0.1:3000"), null, 2)}\n`);
