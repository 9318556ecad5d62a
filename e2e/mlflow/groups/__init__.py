"""All groups, in the order in which they run."""

from runner import Group

from .artifacts import artifacts
from .autolog import autolog
from .datasets import datasets
from .errors import errors
from .experiments import experiments
from .extensions import grammar, strict
from .imports import imports
from .logged_models import logged_models
from .metrics import metrics
from .models import models
from .multipart import multipart
from .params import params
from .paths import paths, strict_paths
from .probes import probes
from .projects import permissions, projects
from .registry import registry
from .retries import retries, strict_together, together
from .runs import runs
from .search_others import search_experiments, search_logged, search_models, search_versions
from .search_runs import search_runs
from .tags import tags
from .traces import traces

ALL: list[Group] = [
    *(probes, experiments, runs, params, metrics, tags, datasets),
    *(artifacts, paths, logged_models, registry, models),
    *(search_runs, search_experiments, search_models, search_versions, search_logged),
    *(errors, retries, together, autolog, traces),
    *(grammar, strict, projects, permissions, multipart, strict_paths, strict_together),
    imports,
]
