import {
  exampleOf,
  type Field,
  fieldsOf,
  noteOf,
  type Schema,
  type Schemas,
  typeText,
} from "#app/(console)/api-reference/_components/schema.ts";

/** What the page needs of the OpenAPI document. */
export interface Document {
  info: { version: string };
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Schemas };
}

interface RawOperation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  "x-assay-auth": string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

export interface Reply {
  status: string;
  mediaType: string | undefined;
  type: string | undefined;
  fields: Field[];
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string | undefined;
  access: string;
  parameters: (Field & { place: string })[];
  body: { fields: Field[]; example: string } | undefined;
  replies: Reply[];
  curl: string;
}

export interface Group {
  tag: string;
  operations: Operation[];
}

/** The document by tag, in its own order, with everything in words. */
export function groupsOf(document: Document, origin: string): Group[] {
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, raw] of Object.entries(methods)) {
      const tag = raw.tags[0] ?? "Other";
      groups.set(tag, [...(groups.get(tag) ?? []), operationOf(document, origin, method, path, raw)]);
    }
  }
  return [...groups].map(([tag, operations]) => ({ tag, operations }));
}

function operationOf(document: Document, origin: string, method: string, path: string, raw: RawOperation): Operation {
  const { schemas } = document.components;
  const bodySchema = raw.requestBody?.content["application/json"]?.schema;
  const example = bodySchema === undefined ? undefined : JSON.stringify(exampleOf(bodySchema, schemas));
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    summary: raw.summary,
    description: raw.description,
    access: accessText(raw["x-assay-auth"]),
    parameters: (raw.parameters ?? []).map((parameter) => ({
      path: parameter.name,
      place: parameter.in,
      required: parameter.required ?? false,
      type: typeText(parameter.schema, schemas),
      note: noteOf(parameter.schema),
    })),
    body:
      bodySchema === undefined || example === undefined
        ? undefined
        : { fields: fieldsOf(bodySchema, schemas), example },
    replies: Object.entries(raw.responses)
      .filter(([status]) => status !== "default")
      .flatMap(([status, { content }]) => repliesOf(status, content, schemas)),
    curl: curlOf(origin, method, path, raw["x-assay-auth"], example),
  };
}

function repliesOf(status: string, content: RawOperation["responses"][string]["content"], schemas: Schemas): Reply[] {
  const kinds = Object.entries(content ?? {});
  if (kinds.length === 0) return [{ status, mediaType: undefined, type: undefined, fields: [] }];
  return kinds.map(([mediaType, { schema }]) => ({
    status,
    mediaType,
    type: typeText(schema, schemas),
    fields: mediaType === "application/json" ? fieldsOf(schema, schemas) : [],
  }));
}

function accessText(auth: string): string {
  switch (auth) {
    case "public":
      return "open to everybody";
    case "predict":
      return "open where the deployment is public, else the scope serving:predict";
    case "metrics":
      return "open on loopback, else any key";
    case "signed-in":
      return "anybody who is signed in, or any key";
    default:
      return `the scope ${auth}`;
  }
}

function curlOf(origin: string, method: string, path: string, auth: string, example: string | undefined): string {
  const open = auth === "public" || auth === "predict" || auth === "metrics";
  const lines = [
    `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}'${origin}${path}'`,
    open ? undefined : `  -H "Authorization: Bearer $ASSAY_KEY"`,
    example === undefined ? undefined : `  -H 'Content-Type: application/json'`,
    example === undefined ? undefined : `  -d '${example.replaceAll("'", "'\\''")}'`,
  ];
  return lines.filter((line) => line !== undefined).join(" \\\n");
}
