"""The lineage site of dbt: made from the warehouse as it is, and what of it is served."""

from __future__ import annotations

import json
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.dbt_process import run_dbt
from orchestration.warehouse.descriptions import described

# The site is one page, with its scripts and styles in it, that reads two files.
_POLICY = "default-src 'self' data: 'unsafe-inline' 'unsafe-eval'; base-uri 'none'; form-action 'none'"


def make_docs() -> Path:
    """Make the site. Returns its folder. Raises BuildFailedError when dbt cannot."""
    run_dbt(["docs", "generate"])
    return PROJECT_DIR / os.environ.get("DBT_TARGET_PATH", "target")


def docs_site(folder: Path) -> Starlette:
    """The page of the site and the two files that it reads; nothing else of dbt's folder is served."""
    manifest = json.dumps(described(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))))

    async def page(_: Request) -> Response:
        return FileResponse(folder / "index.html", headers={"Content-Security-Policy": _POLICY})

    async def nodes(_: Request) -> Response:
        return Response(manifest, media_type="application/json")

    async def columns(_: Request) -> Response:
        return FileResponse(folder / "catalog.json")

    return Starlette(
        routes=[Route("/", page), Route("/manifest.json", nodes), Route("/catalog.json", columns)]
    )
