export {
  emptyBodies,
  forgetDeliveries,
  markProcessed,
  readDelivery,
  type StoredDelivery,
} from "./deliveries.ts";
export { createIntake, type Intake } from "./intake.ts";
