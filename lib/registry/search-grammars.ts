import type { Attribute, Grammar } from "#lib/platform/filter/grammar.ts";

const text: Attribute = { kind: "text" };
const common: Pick<Grammar, "types" | "nullable" | "orderable" | "typesInWords"> = {
  types: new Map([
    ["attribute", "attribute"],
    ["tag", "tag"],
    ["tags", "tag"],
  ]),
  nullable: ["tag"],
  orderable: ["attribute"],
  typesInWords: "Valid entity types are ('attribute', 'tag', 'tags')",
};

export const MODEL_GRAMMAR: Grammar = {
  ...common,
  attributes: new Map<string, Attribute>([
    ["name", text],
    ["creation_timestamp", { kind: "number", only: "order" }],
    ["last_updated_timestamp", { kind: "number", only: "order" }],
    ["timestamp", { kind: "number", only: "order", is: "last_updated_timestamp" }],
  ]),
};

export const VERSION_GRAMMAR: Grammar = {
  ...common,
  attributes: new Map<string, Attribute>([
    ["name", text],
    ["version_number", { kind: "number" }],
    ["run_id", { kind: "text", only: "filter" }],
    ["source_path", { kind: "text", only: "filter" }],
    ["creation_timestamp", { kind: "number", only: "order" }],
    ["last_updated_timestamp", { kind: "number", only: "order" }],
  ]),
  quotedNumbers: true,
};

/** Prompts are kept as models with this tag. Searches leave them out unless the filter asks for them. */
export const PROMPT_TAG = "mlflow.prompt.is_prompt";
