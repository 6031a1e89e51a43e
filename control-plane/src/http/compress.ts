import { constants } from "node:zlib";
import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";

/** Below this an answer fits into a packet as it is. */
const THRESHOLD_BYTES = 1_024;
/** Not among them: streams of events, which must leave at once, and pages, which hold a token beside a reader's own words. */
const TYPES = /^(?:application\/(?:problem\+)?json|text\/(?:css|javascript|x-patch))\b/;
/** Brotli's default takes longer than most lines do for what it spares. */
const BROTLI_QUALITY = 4;

/** Answers below `server` in gzip or brotli, as a caller takes them. Bodies of requests stay as they are. */
export function compressAnswers(server: FastifyInstance): void {
  server.register(compress, {
    globalDecompression: false,
    encodings: ["br", "gzip"],
    threshold: THRESHOLD_BYTES,
    customTypes: TYPES,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
}
