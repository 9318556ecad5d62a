"""Traces: made by @mlflow.trace, exported by OTLP, searched, tagged, deleted."""

from __future__ import annotations

import mlflow
from mlflow.entities import SpanType, Trace

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


@traces.step("search: by id")
def _(w: World) -> None:
    made = w.once("shared", lambda: shared(w))
    equal(found(w, f"request_id = '{made['en']}'"), "en")


for text in ("foo.bar = 'x'", "status LIKE 5", "nothing = 'x'"):

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


@traces.step("OTLP: what is no protobuf is refused")
def _(w: World) -> None:
    headers = {"Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": w.experiment}
    reply = w.wire.send("POST", "/v1/traces", b"\xff\xff\xff nothing", headers)
    true(400 <= reply.status < 500, f"status {reply.status}")


@traces.step("OTLP: an experiment has to be named")
def _(w: World) -> None:
    reply = w.wire.send("POST", "/v1/traces", b"", {"Content-Type": "application/x-protobuf"})
    true(400 <= reply.status < 500, f"status {reply.status}")
