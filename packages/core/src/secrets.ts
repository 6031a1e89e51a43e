export { findSecrets } from "./policy/secrets/find-secrets.ts";
