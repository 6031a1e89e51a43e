#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { readTrip } from "./ledger.js";
import { report, settlement } from "./report.js";

const COMMANDS = { report, settle: settlement };

const [command, file] = process.argv.slice(2);
const run = COMMANDS[command];
if (run === undefined || file === undefined) {
  console.error("usage: fairshare report|settle <trip.json>");
  process.exitCode = 2;
} else {
  try {
    console.log(run(readTrip(JSON.parse(readFileSync(file, "utf8")))));
  } catch (error) {
    console.error(`fairshare: ${error.message}`);
    process.exitCode = 1;
  }
}
