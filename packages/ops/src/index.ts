export { EnvError, parseEnv } from "./env.ts";
export { createLogger, type Logger, type LoggerOptions } from "./logger.ts";
export { createMetrics, METRICS, type Metrics } from "./metrics.ts";
export { nearNames } from "./near-names.ts";
export { becomeOneWriter } from "./one-writer.ts";
export { createRedactor, type Redactor } from "./redactor.ts";
export { Secret, SecretText } from "./secret.ts";
export { createShutdown, type Shutdown } from "./shutdown.ts";
