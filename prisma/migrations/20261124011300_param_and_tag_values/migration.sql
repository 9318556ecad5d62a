-- Runs by the value of a param or tag, where few have it: of 100,000 runs a value that none has is found out in 0.5 ms
-- instead of 124 ms. The first 100 characters, as values of thousands would not fit into an index. 7 bytes a param.
CREATE INDEX "run_param_value" ON "run_param" ("key", (left("value", 100)));
CREATE INDEX "run_tag_value" ON "run_tag" ("key", (left("value", 100)));

-- How often a key has a value: without it the planner takes the two for independent, and reads whole tables for filters
-- that combine params, tags and metrics.
CREATE STATISTICS "run_param_values" (mcv) ON "key", (left("value", 100)) FROM "run_param";
CREATE STATISTICS "run_tag_values" (mcv) ON "key", (left("value", 100)) FROM "run_tag";

-- An experiment's newest runs in the order of the console's list.
DROP INDEX "run_experiment_id_idx";
CREATE INDEX "run_experiment_id_no_idx" ON "run" ("experiment_id", "no");
