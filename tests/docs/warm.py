"""A process that has read the libraries, and forks one for each command. A program of its own.

freqtrade and what it stands on take seconds to import, and pages have hundreds of commands. Of
riskplugin nothing is read here: each command imports it anew.
`RISKPLUGIN_DOCS_COLD=1` does without.
"""

from __future__ import annotations

import array
import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
import traceback
from typing import Any

LIBRARIES = (
    "alembic.command",
    "alembic.runtime.migration",
    "alembic.script",
    "apprise",
    "argon2",
    "asyncio",
    "ccxt",
    "ccxt.async_support",
    "ccxt.pro",
    "cryptography.fernet",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "difflib",
    "doctest",
    "fastapi",
    "fastapi.responses",
    "freqtrade.commands",
    "freqtrade.data.btanalysis",
    "freqtrade.exchange",
    "freqtrade.freqtradebot",
    "freqtrade.main",
    "freqtrade.optimize.backtesting",
    "freqtrade.persistence",
    "freqtrade.plugins.pairlistmanager",
    "freqtrade.plugins.protectionmanager",
    "freqtrade.resolvers",
    "freqtrade.rpc.api_server.webserver",
    "freqtrade.rpc.rpc_manager",
    "freqtrade.rpc.telegram",
    "freqtrade.strategy",
    "freqtrade.worker",
    "httpx",
    "jinja2",
    "jsonschema",
    "jwt",
    "numpy",
    "orjson",
    "pandas",
    "prometheus_client",
    "pyarrow.feather",
    "pyarrow.parquet",
    "pydantic",
    "pyotp",
    "rapidjson",
    "rich.markdown",
    "rich.progress",
    "rich.syntax",
    "rich.table",
    "scipy.stats",
    "segno",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "talib.abstract",
    "typer",
    "typer.rich_utils",
    "uvicorn",
)


def serve(address: str) -> None:
    """Until whoever started this is gone: its standard input ends then."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # then it is the command that misses it
            importlib.import_module(name)
    strange = [name for name in sys.modules if name.partition(".")[0] == "riskplugin"]
    assert not strange, strange
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are nobody's business
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(16)
        os.write(1, b"ready\n")
        while True:
            if sys.stdin in select.select([door, sys.stdin], [], [])[0]:
                return
            caller, _ = door.accept()
            if not os.fork():
                door.close()
                _keep(caller)
            caller.close()


def _keep(caller: socket.socket) -> None:
    """Fork the command, tell its number and at last how it ended; end it when nobody listens."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked, descriptors = _receive(caller)
    child = os.fork()
    if not child:
        caller.close()
        _become(asked, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    caller.sendall(f"{child}\n".encode())
    ended, status = 0, 0
    while not ended:
        if select.select([caller], [], [], 0.02)[0]:
            os.kill(child, signal.SIGKILL)  # the caller was killed: so is what it stood for
        ended, status = os.waitpid(child, os.WNOHANG)
    with contextlib.suppress(OSError):
        caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _receive(caller: socket.socket) -> tuple[dict[str, Any], list[int]]:
    message, ancillary, _, _ = caller.recvmsg(
        1 << 20, socket.CMSG_LEN(3 * array.array("i").itemsize)
    )
    descriptors = array.array("i")
    for _, _, data in ancillary:
        descriptors.frombytes(data)
    while not message.endswith(b"\n"):
        message += caller.recv(1 << 20)
    return json.loads(message), list(descriptors)


def _become(asked: dict[str, Any], descriptors: list[int]) -> None:
    """The command itself, as `python -m` runs it."""
    code = 1
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        sys.path[:0] = [*os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        sys.argv = asked["words"]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = _code(end)
    except BaseException:  # noqa: BLE001  # a child must never return into the server's loop
        traceback.print_exc()
    finally:
        _leave(code)


def _code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


def _leave(code: int) -> None:
    """As the interpreter ends: threads are waited for, exit handlers run."""
    import atexit
    import threading

    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
