"""Engines that map a function over items: in this process, in local processes, on Dask and on Spark."""

from indicia_engines.engine import Engine, WorkerReply
from indicia_engines.open import EngineName, open_engine
from indicia_engines.workers import check_shared_folder, check_workers, installed_versions
