import type { Attribute, Grammar } from "#lib/platform/filter/grammar.ts";

const text: Attribute = { kind: "text" };
const number: Attribute = { kind: "number" };
const createdAlias: Attribute = { kind: "number", is: "start_time" };
const nameAlias: Attribute = { kind: "text", is: "run_name", only: "filter" };

export const RUN_GRAMMAR: Grammar = {
  types: new Map([
    ...(["metric", "metrics"] as const).map((word) => [word, "metric"] as const),
    ...(["parameter", "parameters", "param", "params"] as const).map((word) => [word, "param"] as const),
    ...(["tag", "tags"] as const).map((word) => [word, "tag"] as const),
    ...(["attribute", "attributes", "attr", "run"] as const).map((word) => [word, "attribute"] as const),
    ...(["dataset", "datasets"] as const).map((word) => [word, "dataset"] as const),
  ]),
  attributes: new Map([
    ...["run_id", "run_name", "user_id", "status", "artifact_uri"].map((key) => [key, text] as const),
    ...["start_time", "end_time"].map((key) => [key, number] as const),
    ...["created", "Created"].map((key) => [key, createdAlias] as const),
    ...["run name", "Run name", "Run Name"].map((key) => [key, nameAlias] as const),
  ]),
  nullable: ["tag", "param"],
  orderable: ["metric", "param", "tag", "attribute"],
  typesInWords: "Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
  points: true,
};

export const EXPERIMENT_GRAMMAR: Grammar = {
  types: new Map([
    ["attribute", "attribute"],
    ["tag", "tag"],
    ["tags", "tag"],
  ]),
  attributes: new Map([
    ["name", text],
    ["experiment_id", text],
    ["creation_time", number],
    ["last_update_time", number],
  ]),
  nullable: ["tag"],
  orderable: ["attribute"],
  typesInWords: "Valid entity types are ('attribute', 'tag', 'tags')",
};

export const LOGGED_MODEL_GRAMMAR: Grammar = {
  types: new Map([
    ["attributes", "attribute"],
    ["metrics", "metric"],
    ["params", "param"],
    ["tags", "tag"],
  ]),
  attributes: new Map([
    ...["name", "model_id", "model_type", "status", "source_run_id", "experiment_id"].map(
      (key) => [key, text] as const,
    ),
    ...["creation_timestamp", "creation_time", "creation_timestamp_ms"].map(
      (key) => [key, { kind: "number", is: "creation_timestamp" }] as const,
    ),
    ...["last_updated_timestamp", "last_updated_time", "last_updated_timestamp_ms"].map(
      (key) => [key, { kind: "number", is: "last_updated_timestamp" }] as const,
    ),
  ]),
  nullable: [],
  orderable: ["attribute", "metric"],
  typesInWords: "Expected one of ['attributes', 'metrics', 'params', 'tags'].",
  bareTexts: true,
};

const traceAttributes: [string, Attribute][] = [
  ...["request_id", "status", "client_request_id", "name", "run_id", "experiment_id"].map(
    (key): [string, Attribute] => [key, text],
  ),
  // What stands anywhere in its spans.
  ["text", { kind: "text", only: "filter" }],
  ...["timestamp", "execution_time", "end_time"].flatMap((key): [string, Attribute][] => [
    [`${key}_ms`, number],
    [key, { kind: "number", is: `${key}_ms` }],
  ]),
];

export const TRACE_GRAMMAR: Grammar = {
  types: new Map([
    ...(["attribute", "attributes", "trace"] as const).map((word) => [word, "attribute"] as const),
    ...(["tag", "tags"] as const).map((word) => [word, "tag"] as const),
    ...(["metadata", "request_metadata"] as const).map((word) => [word, "metadata"] as const),
    ...(["span", "feedback", "expectation"] as const).map((word) => [word, word] as const),
  ]),
  attributes: new Map(traceAttributes),
  nullable: ["tag", "metadata", "feedback", "expectation"],
  orderable: ["attribute"],
  typesInWords:
    "Valid entity types are ['attribute', 'expectation', 'feedback', 'metadata', 'request_metadata', 'span', 'tag', 'trace']",
};
