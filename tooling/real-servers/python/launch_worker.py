"""Starts a CoPaw worker as HiClaw's container image does, but for tests on loopback.

The image replaces a module of the package `copaw`, so that its Matrix settings know the lists of allowed senders. The
package on PyPI drops these fields, and a worker without a console then hears nobody. They are added here. Whatever the
worker listens on is bound to loopback: its console runs the commands of anybody who can reach it.
"""

import os
import sys
from pathlib import Path
from typing import Any

FIELDS: list[tuple[str, Any, Any]] = [
    ("group_allow_from", list[str], []),
    ("groups", dict[str, Any], {}),
    ("encryption", bool, False),
    ("vision_enabled", bool, True),
    ("history_limit", int, 50),
]


def option(name: str) -> str:
    return next(argument.partition("=")[2] for argument in sys.argv if argument.startswith(f"{name}="))


# Read when `copaw` is imported.
os.environ["COPAW_WORKING_DIR"] = str(Path(option("--install-dir")) / option("--name") / ".copaw")

import uvicorn  # noqa: E402
from copaw.config import config  # noqa: E402
from copaw_worker import cli, worker  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402


def bind_to_loopback(listener):
    def make(*positional, **named):
        named["host"] = "127.0.0.1"
        return listener(*positional, **named)

    return make


uvicorn.Config = bind_to_loopback(uvicorn.Config)
if hasattr(worker, "WorkerAPIServer"):
    worker.WorkerAPIServer = bind_to_loopback(worker.WorkerAPIServer)

if hasattr(config, "MatrixConfig"):
    for field, annotation, default in FIELDS:
        config.MatrixConfig.model_fields[field] = FieldInfo(annotation=annotation, default=default)
    for name in ("MatrixConfig", "ChannelConfig", "Config", "AgentProfileConfig"):
        if hasattr(config, name):
            getattr(config, name).model_rebuild(force=True)

cli.main()
