export {
  emptyBodies,
  forgetDeliveries,
  markProcessed,
  readDelivery,
} from "./deliveries.ts";
export { createIntake } from "./intake.ts";
