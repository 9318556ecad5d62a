import { serveTraining } from "#lib/engine/child/serve-training.ts";

serveTraining();
