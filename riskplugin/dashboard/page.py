"""The page /risk: its parts from this package, the charts' script from the installed plotly."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from riskplugin.dashboard.routing import HEADERS
from riskplugin.reports.plotly_script import NoChartScript, script

router = APIRouter(include_in_schema=False)

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: The parts of the page by name.
_PARTS = {
    part.name: part
    for part in resources.files("riskplugin.dashboard").joinpath("static").iterdir()
    if Path(part.name).suffix in _KINDS
}
#: Scripts and styles from here only, none in the page itself; nobody may frame it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@router.get("/risk")
def page() -> Response:
    return _file("index.html")


@router.get("/risk/plotly.js")
def charts(request: Request) -> Response:
    """Large, the same for everybody, and no secret: a browser may keep it for a while."""
    try:
        plain, packed, tag = _charts()
    except (NoChartScript, OSError) as error:
        said = " ".join(
            f"// {error}".split()
        )  # as a script: the browser has nothing to complain of
        return Response(said, 404, media_type=_KINDS[".js"], headers=PAGE_HEADERS)
    headers = {
        **PAGE_HEADERS,
        "Cache-Control": "private, max-age=86400",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    body: bytes | None = None
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = packed, "gzip"
    return Response(body or plain.read_bytes(), media_type=_KINDS[".js"], headers=headers)


@router.get("/risk/{name}")
def part(name: str) -> Response:
    if name not in _PARTS:
        raise HTTPException(404, "there is no such file")
    return _file(name)


@cache
def _charts() -> tuple[Path, bytes, str]:
    """The script's file, the same packed, and what tells it from another version's."""
    path = script()
    packed = gzip.compress(path.read_bytes(), 6, mtime=0)
    return path, packed, f'"{hashlib.sha256(packed).hexdigest()[:20]}"'


def _file(name: str) -> Response:
    kind = _KINDS[Path(name).suffix]
    return Response(_PARTS[name].read_bytes(), media_type=kind, headers=PAGE_HEADERS)
