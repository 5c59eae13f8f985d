"""The lineage site of dbt: made from the warehouse as it is, and what of it is served."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from orchestration.warehouse.dbt_process import run_dbt
from orchestration.warehouse.descriptions import described
from orchestration.warehouse.record import TARGET_DIR

# The site is one page, with its scripts and styles in it, that reads two files.
_POLICY = "default-src 'self' data: 'unsafe-inline' 'unsafe-eval'; base-uri 'none'; form-action 'none'"


def docs_site() -> Starlette:
    """Make the site, and serve its page and the two files that it reads, nothing else of dbt's folder.

    Raises BuildFailedError when dbt cannot make it.
    """
    run_dbt(["docs", "generate", "--target-path", str(TARGET_DIR)])
    manifest = json.dumps(described(json.loads((TARGET_DIR / "manifest.json").read_text(encoding="utf-8"))))

    async def page(_: Request) -> Response:
        return FileResponse(TARGET_DIR / "index.html", headers={"Content-Security-Policy": _POLICY})

    async def nodes(_: Request) -> Response:
        return Response(manifest, media_type="application/json")

    async def columns(_: Request) -> Response:
        return FileResponse(TARGET_DIR / "catalog.json")

    return Starlette(
        routes=[Route("/", page), Route("/manifest.json", nodes), Route("/catalog.json", columns)]
    )
