import { runAction } from "./run-action.ts";
import { runnerState } from "./state.ts";
import { stopSignal } from "./stop.ts";

await runAction(runnerState(), stopSignal());
