import type { Page } from "@playwright/test";

const TRACE = "c0ffee".padEnd(32, "0");
const START_MS = 1_700_000_000_000;

/** A span in OTLP's JSON. Times are milliseconds since the trace began. */
function span(
  id: number,
  name: string,
  type: string,
  [from, to]: [number, number],
  { attributes = {}, ...more }: { attributes?: Record<string, string>; status?: object; events?: object[] } = {},
) {
  const at = (milliseconds: number) => `${START_MS + milliseconds}000000`;
  const all = { "mlflow.spanType": type, ...attributes };
  return {
    ...{ traceId: TRACE, spanId: `000000000000000${id}`, name, startTimeUnixNano: at(from), endTimeUnixNano: at(to) },
    ...(id > 1 && { parentSpanId: "0000000000000001" }),
    attributes: Object.entries(all).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    status: { code: 1 },
    ...more,
  };
}

const SPANS = [
  span(1, "answer", "CHAIN", [0, 240], {
    attributes: { "mlflow.spanInputs": '{"question": "who?"}', "mlflow.spanOutputs": "Nobody knows." },
  }),
  span(2, "retrieve", "RETRIEVER", [5, 60], { attributes: { k: "3" } }),
  span(3, "judge", "LLM", [70, 220], {
    status: { code: 2, message: "no judge was there" },
    events: [
      {
        name: "exception",
        timeUnixNano: `${START_MS + 200}000000`,
        attributes: [{ key: "exception.message", value: { stringValue: "no judge was there" } }],
      },
    ],
  }),
];

/**
 * A trace of three spans with feedback, in the project's first experiment; again it is the same one.
 *
 * @returns its id
 */
export async function makeTrace(page: Page, url: string): Promise<string> {
  const headers = { Origin: url };
  const { experiments } = await (
    await page.request.post(`${url}/api/2.0/mlflow/experiments/search`, { data: { max_results: 1 }, headers })
  ).json();
  const id = `tr-${TRACE}`;
  const otlp = { ...headers, "x-mlflow-experiment-id": experiments[0].experiment_id };
  const data = { resourceSpans: [{ scopeSpans: [{ spans: SPANS }] }] };
  const sent = await page.request.post(`${url}/v1/traces`, { data, headers: otlp });
  if (!sent.ok()) throw new Error(`the trace was not taken: ${sent.status()} ${await sent.text()}`);
  const info = {
    trace_id: id,
    trace_location: { mlflow_experiment: { experiment_id: experiments[0].experiment_id } },
    ...{ request_preview: '{"question": "who?"}', response_preview: "Nobody knows." },
    ...{ request_time: new Date(START_MS).toISOString(), execution_duration: "0.24s", state: "OK" },
    tags: { "mlflow.traceName": "answer", lang: "en" },
    assessments: [
      {
        ...{ assessment_id: "a-helpful", assessment_name: "helpful", feedback: { value: false } },
        ...{ source: { source_type: "HUMAN", source_id: "ann@example.com" }, rationale: "It answers nothing." },
      },
    ],
  };
  const told = await page.request.post(`${url}/api/3.0/mlflow/traces`, {
    data: { trace: { trace_info: info } },
    headers,
  });
  if (!told.ok()) throw new Error(`the trace was not taken: ${told.status()} ${await told.text()}`);
  return id;
}
