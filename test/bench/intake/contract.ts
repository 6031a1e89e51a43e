/** What the servers and the load agree on. Apart from the bodies, which would fill the servers' heaps. */
export const SECRET = "bench-secret-of-the-webhook";
export const EVENT = "issues";
