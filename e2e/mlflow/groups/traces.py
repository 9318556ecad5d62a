"""Traces: made by @mlflow.trace, exported by OTLP, searched, tagged, deleted."""

from __future__ import annotations

import gzip
import json
import time
import uuid

import mlflow
from mlflow.entities import AssessmentSource, SpanType, Trace

from check import answers, equal, refuses, same, true
from runner import Group
from world import World

traces = Group("traces")


def traced(w: World, question: str, *, fails: bool = False, experiment: str | None = None) -> Trace:
    """A trace of two spans; read from the server."""
    mlflow.set_experiment(experiment_id=experiment or w.experiment)

    @mlflow.trace(name="retrieve", span_type=SpanType.RETRIEVER, attributes={"k": 3})
    def retrieve(question: str) -> list[str]:
        return [question.upper()]

    @mlflow.trace(name="answer", span_type=SpanType.CHAIN)
    def answer(question: str) -> str:
        found = retrieve(question)
        if fails:
            raise ValueError("no answer")
        mlflow.update_current_trace(tags={"lang": question[:2]})
        return found[0] + "!"

    try:
        answer(question)
    except ValueError:
        pass
    trace_id = mlflow.get_last_active_trace_id()
    mlflow.flush_trace_async_logging()
    return w.client.get_trace(trace_id)


def shared(w: World) -> dict[str, str]:
    """`de`, `en` and one that failed, in an experiment of their own."""
    experiment = w.client.create_experiment(w.name("traces"))
    w.once("experiment", lambda: experiment)
    made = {text[:2]: traced(w, text, experiment=experiment).info.trace_id for text in ("de wer", "en who")}
    made["no"] = traced(w, "no", fails=True, experiment=experiment).info.trace_id
    return made


def assess(w: World) -> bool:
    """`de` has it all, `en` is found wanting, the failed one has nothing."""
    made = w.once("shared", lambda: shared(w))
    for name, good, score in (("de", True, 0.9), ("en", False, 0.25)):
        mlflow.log_feedback(trace_id=made[name], name="good", value=good)
        mlflow.log_feedback(trace_id=made[name], name="score", value=score)
    mlflow.log_feedback(trace_id=made["de"], name="tone", value="kind")
    mlflow.log_expectation(trace_id=made["de"], name="answer", value="DE WER!")
    return True


def found(w: World, text: str, **more: object) -> str:
    made = w.once("shared", lambda: shared(w))
    names = {trace_id: name for name, trace_id in made.items()}
    page = w.client.search_traces(
        locations=[w.once("experiment", lambda: "")], filter_string=text, include_spans=False, **more  # type: ignore[arg-type]
    )
    return " ".join(names[one.info.trace_id] for one in page)


@traces.step("a trace comes back with its spans, inputs and outputs")
def _(w: World) -> None:
    trace = traced(w, "de wer")
    spans = {span.name: span for span in trace.data.spans}
    same(spans, ["answer", "retrieve"])
    equal((spans["answer"].inputs, spans["answer"].outputs), ({"question": "de wer"}, "DE WER!"))
    equal((spans["retrieve"].outputs, spans["retrieve"].attributes["k"]), (["DE WER"], 3))
    equal(spans["retrieve"].parent_id, spans["answer"].span_id)
    equal(spans["retrieve"].span_type, "RETRIEVER")


@traces.step("its info: experiment, state, times, previews")
def _(w: World) -> None:
    info = traced(w, "de wer").info
    equal((info.experiment_id, str(info.state)), (w.experiment, "OK"))
    true(info.request_time > 0 and info.execution_duration >= 0, f"times {info.request_time} {info.execution_duration}")
    true("de wer" in (info.request_preview or ""), f"preview {info.request_preview!r}")


@traces.step("one that failed says so, its exception as an event")
def _(w: World) -> None:
    trace = traced(w, "no", fails=True)
    equal(str(trace.info.state), "ERROR")
    events = [event.name for span in trace.data.spans for event in span.events]
    true("exception" in events, f"events {events}")


@traces.step("one inside a run is the run's")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment) as run:
        trace = traced(w, "in run")
    equal(trace.info.trace_metadata.get("mlflow.sourceRun"), run.info.run_id)
    page = w.client.search_traces(locations=[w.experiment], run_id=run.info.run_id, include_spans=False)
    equal([one.info.trace_id for one in page], [trace.info.trace_id])


for text, names in {
    "": "de en no",
    "status = 'OK'": "de en",
    "trace.status = 'ERROR'": "no",
    "attributes.status != 'OK'": "no",
    "tags.lang = 'de'": "de",
    "tag.lang != 'de'": "en",
    "tags.lang LIKE '%e%'": "de en",
    "name = 'answer'": "de en no",
    "timestamp_ms > 0": "de en no",
    "timestamp_ms < 1000": "",
    "execution_time_ms >= 0": "de en no",
    "status = 'OK' AND tags.lang = 'en'": "en",
}.items():

    def _search(w: World, text: str = text, names: str = names) -> None:
        same(found(w, text).split(), names.split(), text)

    traces.add(f"search: {text or 'no filter'}", _search)


for text, names in {
    "span.name = 'retrieve'": "de en no",
    "span.type = 'RETRIEVER'": "de en no",
    "span.name = 'retrieve' AND span.type = 'CHAIN'": "",
    "span.status = 'ERROR'": "no",
    "span.status = 'ERROR' AND span.name = 'retrieve'": "",
    "span.name LIKE 'ans%'": "de en no",
    "span.name IN ('nothing', 'answer') AND tags.lang = 'de'": "de",
    "span.attributes.k LIKE '%3%'": "de en no",
    "span.attributes.k LIKE '%4%'": "",
    "trace.text LIKE '%DE WER%'": "de",
    "feedback.good = 'true'": "de",
    "feedback.good IS NULL": "no",
    "feedback.good IS NOT NULL": "de en",
    "feedback.score >= 0.5": "de",
    "feedback.score < 0.5": "en",
    "feedback.tone = 'kind'": "de",
    "expectation.answer = 'DE WER!'": "de",
    "expectation.answer IS NULL AND status = 'OK'": "en",
}.items():

    def _about(w: World, text: str = text, names: str = names) -> None:
        w.once("assessed", lambda: assess(w))
        same(found(w, text).split(), names.split(), text)

    traces.add(f"search: {text}", _about)


@traces.step("search: by id")
def _(w: World) -> None:
    made = w.once("shared", lambda: shared(w))
    equal(found(w, f"request_id = '{made['en']}'"), "en")


for text in ("span.color = 'x'", "span.name > 5", "feedback.score > 'x'", "foo.bar = 'x'", "status LIKE 5", "nothing = 'x'"):

    def _refused(w: World, text: str = text) -> None:
        refuses("INVALID_PARAMETER_VALUE", lambda: found(w, text))

    traces.add(f"search refused: {text}", _refused)


@traces.step("search: orders and pages")
def _(w: World) -> None:
    equal(found(w, "", order_by=["timestamp_ms ASC"]), "de en no")
    equal(found(w, "", order_by=["timestamp_ms DESC"]), "no en de")
    experiment = w.once("experiment", lambda: "")
    first = w.client.search_traces(locations=[experiment], max_results=2, order_by=["timestamp_ms ASC"], include_spans=False)
    second = w.client.search_traces(locations=[experiment], max_results=2, order_by=["timestamp_ms ASC"],
                                    include_spans=False, page_token=first.token)
    equal((len(first), len(second), bool(second.token)), (2, 1, False))


@traces.step("mlflow.search_traces: a table, spans and all")
def _(w: World) -> None:
    w.once("shared", lambda: shared(w))
    table = mlflow.search_traces(locations=[w.once("experiment", lambda: "")])
    equal(len(table), 3)
    true({"trace_id", "state", "spans", "tags"} <= set(table.columns), str(table.columns))
    equal({len(spans) for spans in table["spans"]}, {2})


@traces.step("tags are set, replaced and deleted")
def _(w: World) -> None:
    trace_id = traced(w, "tagged").info.trace_id
    w.client.set_trace_tag(trace_id, "reviewed", "no")
    w.client.set_trace_tag(trace_id, "reviewed", "yes")
    equal(w.client.get_trace(trace_id).info.tags["reviewed"], "yes")
    w.client.delete_trace_tag(trace_id, "reviewed")
    equal("reviewed" in w.client.get_trace(trace_id).info.tags, False)


HUMAN = AssessmentSource(source_type="HUMAN", source_id="ann@example.com")


@traces.step("feedback is logged and read back, alone and with its trace")
def _(w: World) -> None:
    trace_id = traced(w, "assessed").info.trace_id
    logged = mlflow.log_feedback(
        trace_id=trace_id, name="good", value=True, source=HUMAN, rationale="It is.", metadata={"round": "1"}
    )
    for one in (mlflow.get_assessment(trace_id, logged.assessment_id), *w.client.get_trace(trace_id).info.assessments):
        equal((one.assessment_id, one.name, one.value, one.rationale), (logged.assessment_id, "good", True, "It is."))
        equal((one.source.source_type, one.source.source_id, one.metadata), ("HUMAN", "ann@example.com", {"round": "1"}))
        equal((one.trace_id, one.valid), (trace_id, True))


for value in (0.25, 3, "kind", False, ["a", "b"], {"tone": "kind", "score": 1}):

    def _feedback(w: World, value: object = value) -> None:
        trace_id = traced(w, "value").info.trace_id
        logged = mlflow.log_feedback(trace_id=trace_id, name="it", value=value)
        equal(mlflow.get_assessment(trace_id, logged.assessment_id).value, value)

    def _expectation(w: World, value: object = value) -> None:
        trace_id = traced(w, "value").info.trace_id
        logged = mlflow.log_expectation(trace_id=trace_id, name="it", value=value)
        equal(mlflow.get_assessment(trace_id, logged.assessment_id).value, value)

    traces.add(f"feedback of the value {value!r}", _feedback)
    traces.add(f"an expectation of the value {value!r}", _expectation)


@traces.step("feedback that could not be had says why")
def _(w: World) -> None:
    trace_id = traced(w, "judged").info.trace_id
    logged = mlflow.log_feedback(trace_id=trace_id, name="judge", error=ValueError("too busy"))
    read = mlflow.get_assessment(trace_id, logged.assessment_id)
    equal((read.value, read.error.error_code, read.error.error_message), (None, "ValueError", "too busy"))


@traces.step("an assessment is updated, its metadata added to")
def _(w: World) -> None:
    trace_id = traced(w, "updated").info.trace_id
    first = mlflow.log_feedback(trace_id=trace_id, name="good", value=False, source=HUMAN, metadata={"a": "1"})
    new = mlflow.entities.Feedback(name="better", value=True, rationale="Read again.", metadata={"b": "2"})
    mlflow.update_assessment(trace_id, first.assessment_id, new)
    read = mlflow.get_assessment(trace_id, first.assessment_id)
    equal((read.name, read.value, read.rationale), ("better", True, "Read again."))
    equal((read.metadata, read.source.source_id), ({"a": "1", "b": "2"}, "ann@example.com"))
    other = mlflow.entities.Expectation(name="better", value="x")
    refuses("INVALID_PARAMETER_VALUE", lambda: mlflow.update_assessment(trace_id, first.assessment_id, other))


@traces.step("feedback takes the place of other feedback, and gives it back")
def _(w: World) -> None:
    trace_id = traced(w, "overridden").info.trace_id
    first = mlflow.log_feedback(trace_id=trace_id, name="good", value=False)
    second = mlflow.override_feedback(trace_id=trace_id, assessment_id=first.assessment_id, value=True)
    equal(mlflow.get_assessment(trace_id, first.assessment_id).valid, False)
    equal(mlflow.get_assessment(trace_id, second.assessment_id).overrides, first.assessment_id)
    mlflow.delete_assessment(trace_id, second.assessment_id)
    equal(mlflow.get_assessment(trace_id, first.assessment_id).valid, True)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: mlflow.get_assessment(trace_id, second.assessment_id))
    mlflow.delete_assessment(trace_id, second.assessment_id)


@traces.step("feedback while a trace is made comes with it")
def _(w: World) -> None:
    mlflow.set_experiment(experiment_id=w.experiment)

    @mlflow.trace(name="self-assured")
    def answer() -> str:
        mlflow.log_feedback(trace_id=mlflow.get_active_trace_id(), name="sure", value=True)
        return "yes"

    answer()
    mlflow.flush_trace_async_logging()
    info = w.client.get_trace(mlflow.get_last_active_trace_id()).info
    equal([(one.name, one.value) for one in info.assessments], [("sure", True)])


@traces.step("an assessment of a trace that is not there is refused")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: mlflow.log_feedback(trace_id="tr-" + "0" * 32, name="x", value=1))


@traces.step("where its spans are is not a client's to say")
def _(w: World) -> None:
    trace_id = traced(w, "moved").info.trace_id
    body = {"key": "mlflow.trace.spansLocation", "value": "ARTIFACT_REPO"}
    reply = w.wire.call("PATCH", f"/api/3.0/mlflow/traces/{trace_id}/tags", body)
    answers(reply, 400, "INVALID_PARAMETER_VALUE")


@traces.step("an attachment of a span is kept with its trace")
def _(w: World) -> None:
    info = traced(w, "attached").info
    repository = mlflow.tracing.client.TracingClient()._get_artifact_repo_for_trace(info)
    name = str(uuid.uuid4())
    repository.upload_attachment(name, b"\x00\x01 bytes")
    equal(repository.download_trace_attachment(name), b"\x00\x01 bytes")


@traces.step("deleting by id")
def _(w: World) -> None:
    experiment = w.client.create_experiment(w.name("delete"))
    gone, stays = (traced(w, text, experiment=experiment).info.trace_id for text in ("gone", "stays"))
    equal(w.client.delete_traces(experiment, trace_ids=[gone]), 1)
    page = w.client.search_traces(locations=[experiment], include_spans=False)
    equal([one.info.trace_id for one in page], [stays])
    equal(w.client.delete_traces(experiment, trace_ids=[gone]), 0)


@traces.step("deleting by age")
def _(w: World) -> None:
    experiment = w.client.create_experiment(w.name("age"))
    first = traced(w, "first", experiment=experiment)
    equal(w.client.delete_traces(experiment, max_timestamp_millis=first.info.request_time - 60_000), 0)
    equal(w.client.delete_traces(experiment, max_timestamp_millis=first.info.request_time + 60_000), 1)
    equal(w.client.search_traces(locations=[experiment]), [])


@traces.step("one that is not there is not found")
def _(w: World) -> None:
    reply = w.wire.call("GET", "/api/3.0/mlflow/traces/tr-" + "0" * 32)
    answers(reply, 404, "RESOURCE_DOES_NOT_EXIST")


def otlp(name: str) -> tuple[str, bytes]:
    """The id of a trace of one span, and OTLP's JSON of it."""
    trace_id, now = uuid.uuid4().hex, time.time_ns()
    span = {
        "traceId": trace_id,
        "spanId": uuid.uuid4().hex[:16],
        "name": name,
        "startTimeUnixNano": str(now),
        "endTimeUnixNano": str(now + 5_000_000),
        "attributes": [{"key": "k", "value": {"intValue": "3"}}],
        "status": {"code": 1},
    }
    return f"tr-{trace_id}", json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


@traces.step("OTLP: as JSON")
def _(w: World) -> None:
    trace_id, body = otlp("by json")
    headers = {"Content-Type": "application/json", "x-mlflow-experiment-id": w.experiment}
    answers(w.wire.send("POST", "/v1/traces", body, headers), 200)
    (span,) = w.client.get_trace(trace_id).data.spans
    equal((span.name, span.attributes["k"], span.end_time_ns - span.start_time_ns), ("by json", 3, 5_000_000))


@traces.step("OTLP: packed by gzip, and what only says so is refused")
def _(w: World) -> None:
    trace_id, body = otlp("packed")
    headers = {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "x-mlflow-experiment-id": w.experiment,
    }
    answers(w.wire.send("POST", "/v1/traces", gzip.compress(body), headers), 200)
    equal([span.name for span in w.client.get_trace(trace_id).data.spans], ["packed"])
    equal(w.wire.send("POST", "/v1/traces", body, headers).status, 400)


@traces.step("OTLP: what is no protobuf is refused")
def _(w: World) -> None:
    headers = {"Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": w.experiment}
    reply = w.wire.send("POST", "/v1/traces", b"\xff\xff\xff nothing", headers)
    true(400 <= reply.status < 500, f"status {reply.status}")


@traces.step("OTLP: an experiment has to be named")
def _(w: World) -> None:
    reply = w.wire.send("POST", "/v1/traces", b"", {"Content-Type": "application/x-protobuf"})
    true(400 <= reply.status < 500, f"status {reply.status}")
