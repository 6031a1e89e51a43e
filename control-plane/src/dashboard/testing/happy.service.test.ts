import { createApiWorld } from "../../api/testing/world.ts";
import { describeFlows } from "./flows.ts";
import { openHappyTab } from "./happy.ts";

describeFlows(await createApiWorld(), openHappyTab);
