export { example, readSecondReview } from "./example.ts";
export { type Recording, startRecording } from "./recording.ts";
