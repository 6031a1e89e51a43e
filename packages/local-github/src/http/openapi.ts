import type { ValidateFunction } from "ajv";
import { type Json, loadDocument, type RestDocument } from "./document.ts";
import type { Method } from "./method.ts";
import { compile, jsonSchemaOf, type Operation } from "./operation.ts";

interface CheckedRequest {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  /** Reasons to refuse the request, in words; empty means it fits. */
  problems: string[];
  /** Inputs the document does not know: GitHub drops them silently. */
  ignored: string[];
}

/** GitHub's published REST description, as something requests and responses are held against. */
export interface Contract {
  /** Coerces path and query values to their documented types and checks them and the body. */
  checkRequest(method: Method, template: string, input: RequestInput): CheckedRequest;
  /** Says how a response deviates; undefined when it fits. Statuses of 400 and above are not described well enough to check. */
  checkResponse(method: Method, template: string, status: number, body: unknown): string | undefined;
  /** As `checkResponse`, for a webhook payload; `name` is `issues-labeled` or `push`. */
  checkWebhook(name: string, payload: unknown): string | undefined;
}

interface RequestInput {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
}

let loaded: Loaded | undefined;

/** The document is 13 MB and each schema takes milliseconds to compile: both wait until first asked for, and are shared. */
export function createContract(): Contract {
  const load = () => {
    loaded ??= { document: loadDocument(), operations: new Map(), webhooks: new Map() };
    return loaded;
  };
  return {
    checkRequest: (method, template, input) => checkRequest(load(), method, template, input),
    checkResponse: (method, template, status, body) => checkResponse(load(), method, template, status, body),
    checkWebhook: (name, payload) => checkWebhook(load(), name, payload),
  };
}

interface Loaded {
  document: RestDocument;
  operations: Map<string, Operation>;
  webhooks: Map<string, ValidateFunction>;
}

function operationOf(loaded: Loaded, method: Method, template: string): Operation {
  const key = `${method} ${template}`;
  const operation = loaded.operations.get(key) ?? compile(loaded.document, method, template);
  loaded.operations.set(key, operation);
  return operation;
}

function checkRequest(loaded: Loaded, method: Method, template: string, input: RequestInput): CheckedRequest {
  const operation = operationOf(loaded, method, template);
  const params: Record<string, unknown> = { ...input.params };
  const query: Record<string, unknown> = { ...input.query };
  const problems: string[] = [];
  if (!operation.params(params)) problems.push(explain(operation.params, "path"));
  if (!operation.query(query)) problems.push(explain(operation.query, "query"));
  if (operation.body && (input.body !== undefined || operation.bodyRequired)) {
    if (!operation.body(input.body ?? {})) problems.push(explain(operation.body, "body", input.body));
  }
  const ignored = Object.keys(query).filter((name) => !operation.queryNames.has(name));
  const body = input.body;
  if (operation.bodyNames && body && typeof body === "object" && !Array.isArray(body)) {
    const names = operation.bodyNames;
    ignored.push(...Object.keys(body).filter((name) => !names.has(name)));
  }
  return { params, query, problems, ignored };
}

function checkResponse(
  loaded: Loaded,
  method: Method,
  template: string,
  status: number,
  body: unknown,
): string | undefined {
  if (status >= 400) return undefined;
  const response = operationOf(loaded, method, template).responses.get(String(status));
  if (response === undefined) return `status ${status} is not documented`;
  if (response === "empty") return body === undefined ? undefined : `status ${status} has no body`;
  if (body === undefined) return `status ${status} needs a body`;
  return response(body) || isKnown(response) ? undefined : explain(response, "response");
}

function checkWebhook(loaded: Loaded, name: string, payload: unknown): string | undefined {
  let validate = loaded.webhooks.get(name);
  if (!validate) {
    const hooks = loaded.document.source["x-webhooks"] as Record<string, Json>;
    const operation = hooks[name]?.post as Json | undefined;
    const schema = operation && jsonSchemaOf(operation.requestBody as Json);
    if (!schema) return `GitHub's description has no webhook ${name}`;
    validate = loaded.document.strict.compile(loaded.document.prepare(schema));
    loaded.webhooks.set(name, validate);
  }
  return validate(payload) || isKnown(validate) ? undefined : explain(validate, "payload");
}

function explain(validate: ValidateFunction, place: string, data?: unknown): string {
  const errors = (validate.errors ?? []).filter(
    (error) => error.keyword !== "anyOf" && error.keyword !== "oneOf",
  );
  const shown = errors.length > 0 ? errors : (validate.errors ?? []);
  return shown
    .slice(0, 5)
    .map((error) => {
      if (error.keyword === "maxProperties") {
        const count = sizeAt(data, error.instancePath);
        return `No more than ${error.params.limit} properties are allowed; ${count} were supplied.`;
      }
      const where = `${place}${error.instancePath}`;
      return `For '${where}', ${error.message ?? "invalid"}${"allowedValues" in error.params ? `: ${JSON.stringify(error.params.allowedValues)}` : ""}`;
    })
    .join("; ");
}

/** GitHub says null for the repository of a fork that is gone, which its document has forgotten. */
function isKnown(validate: ValidateFunction): boolean {
  return (validate.errors ?? []).every((error) => error.instancePath.endsWith("/head/repo"));
}

/** How many properties the object at a JSON pointer has. */
function sizeAt(data: unknown, pointer: string): number {
  const at = pointer
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (node, key) => (typeof node === "object" && node ? Reflect.get(node, key) : undefined),
      data,
    );
  return typeof at === "object" && at ? Object.keys(at).length : 0;
}
