/** Reads the OpenAPI document: pure, draws nothing. Only what Clipset's own documents hold is understood. */

export interface Schema {
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  required?: readonly string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

interface Content {
  readonly [mediaType: string]: { schema?: Schema };
}

interface Answer {
  $ref?: string;
  description?: string;
  content?: Content;
}

export interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  schema: Schema;
}

interface WrittenOperation {
  operationId: string;
  summary: string;
  tags: readonly string[];
  "x-access": "anyone" | "viewer" | "member" | "admin";
  parameters?: readonly Parameter[];
  requestBody?: { content: Content };
  responses: Readonly<Record<string, Answer>>;
}

export interface Components {
  schemas: Readonly<Record<string, Schema>>;
  responses: Readonly<Record<string, Answer>>;
}

export interface Description {
  info: { version: string; description: string };
  tags: readonly { name: string; description?: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, WrittenOperation>>>>;
  components: Components;
}

export interface Operation extends WrittenOperation {
  id: string;
  method: string;
  path: string;
}

export interface Group {
  name: string;
  description: string;
  operations: readonly Operation[];
}

/** The operations that hold every one of the words, by their tags; a group without any is left out. */
export function groupsOf({ tags, paths }: Description, words: string): Group[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, written]) => ({
      ...written,
      id: written.operationId,
      method: method.toUpperCase(),
      path,
    })),
  );
  const matching = found.filter(({ method, path, summary }) => {
    const text = `${method} ${path} ${summary}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return tags
    .map(({ name, description = "" }) => ({
      name,
      description,
      operations: matching.filter((operation) => operation.tags.includes(name)),
    }))
    .filter((group) => group.operations.length > 0);
}

/** What a reference points to; anything else as it is. */
export function resolve(schema: Schema, components: Components): Schema {
  const name = schema.$ref?.split("/").pop();
  return (name && components.schemas[name]) || schema;
}

/** An answer with what its reference points to. */
export function resolveAnswer(answer: Answer, components: Components): Answer {
  const name = answer.$ref?.split("/").pop();
  return (name && components.responses[name]) || answer;
}

/** A type in a few words: "integer, 1 to 100", "VideoStatus", "list of VideoBody", "string or null". */
export function typeOf(schema: Schema): string {
  if (schema.$ref) return readable(schema.$ref.split("/").pop() ?? "");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.type === "array") return schema.items ? `list of ${typeOf(schema.items)}` : "list";
  return [schema.format ?? schema.type ?? "any", limitsOf(schema)].filter(Boolean).join(", ");
}

/** `PageBody_VideoBody_` is how the generator writes PageBody[VideoBody]. */
function readable(name: string): string {
  return name.replace(/^(\w+?)_(\w+)_$/, "$1[$2]");
}

function limitsOf({ minimum, maximum, maxLength }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `at least ${minimum}`;
  if (maximum !== undefined) return `at most ${maximum}`;
  return maxLength === undefined ? "" : `at most ${maxLength} characters`;
}
