"""Stands in the shell for a command that the warm process runs. A program of its own."""

from __future__ import annotations

import array
import ctypes
import json
import os
import signal
import socket
import sys

_WHEN_THE_PARENT_DIES = 1  # PR_SET_PDEATHSIG


def call(address: str, words: list[str]) -> int:
    """The exit code of ``python -m words``; signals are handed on."""
    ctypes.CDLL(None).prctl(_WHEN_THE_PARENT_DIES, signal.SIGTERM)
    asked = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as warm:
        warm.connect(address)
        streams = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))
        message = json.dumps(asked).encode() + b"\n"
        sent = warm.sendmsg([message], [streams])
        warm.sendall(message[sent:])
        answers = warm.makefile()
        number = int(answers.readline())
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(each, lambda got, _: os.kill(number, got))
        code = int(answers.readline())
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(call(sys.argv[1], sys.argv[2:]))
