"""Engines that map a function over items: in this process, in local processes, on Dask and on Spark."""

from indicia.engines.engine import Engine, WorkerReply
from indicia.engines.open import EngineName, open_engine
from indicia.engines.workers import check_shared_folder, check_workers, installed_versions
