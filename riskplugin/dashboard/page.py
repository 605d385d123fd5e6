"""The page /risk: three files from this package, nothing from elsewhere."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

from riskplugin.dashboard.routing import HEADERS

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


@router.get("/risk/{name}")
def part(name: str) -> Response:
    if name not in _PARTS:
        raise HTTPException(404, "there is no such file")
    return _file(name)


def _file(name: str) -> Response:
    kind = _KINDS[Path(name).suffix]
    return Response(_PARTS[name].read_bytes(), media_type=kind, headers=PAGE_HEADERS)
