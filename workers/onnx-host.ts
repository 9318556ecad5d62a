import { serveModel } from "#lib/engine/onnx/host/serve-model.ts";

serveModel();
