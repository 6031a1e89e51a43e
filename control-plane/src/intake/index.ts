export { emptyBodies, forgetDeliveries } from "./deliveries.ts";
export { createIntake } from "./intake.ts";
