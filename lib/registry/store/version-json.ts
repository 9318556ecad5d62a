import { entries, field, list, millis, object, quoted } from "#lib/platform/filter/json-sql.ts";

/** A version as the JSON of the MLflow wire, of `model_version v JOIN registered_model m`: the fields of `lib/mlflow/wire/registered.ts`. */
export const VERSION_JSON = object(
  field("name", quoted("m.name")),
  field("version", `'"' || v.version || '"'`),
  field("creation_timestamp", millis("v.created_at")),
  field("last_updated_timestamp", millis("v.updated_at")),
  field("user_id", quoted("v.created_by")),
  field("current_stage", quoted("v.stage")),
  field("description", quoted("v.description")),
  field("source", quoted("v.source")),
  field("run_id", quoted("coalesce(v.run_id, '')")),
  field("run_link", `'""'`),
  field("status", `'"READY"'`),
  entries("tags", "model_version_tag t WHERE t.version_id = v.id", "ORDER BY t.key"),
  list(
    "aliases",
    quoted("a.alias"),
    "model_alias a WHERE a.model_id = v.model_id AND a.version = v.version",
    "ORDER BY a.alias",
  ),
);
