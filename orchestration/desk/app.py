"""The desk as an application: pages by GET, which change nothing, and acts by POST of JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from orchestration.collect.persons import person_key
from orchestration.collect.readers.common import currency_decimals
from orchestration.desk import views
from orchestration.desk.acts import DECIDED, Act, Decider, left_of, may_be_taken_back, rows_of, taken_by
from orchestration.desk.books import Books, DeskError, Shelf, Suggestion
from orchestration.desk.builds import Build
from orchestration.errors import TieoutError
from orchestration.report.html import TEMPLATES, style, templates
from orchestration.settings import Settings

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self';"
    " img-src data:; base-uri 'none'"
)
_VIEWS = {
    "/": ("accounts", views.accounts),
    "/account": ("account", views.account),
    "/matches": ("matches", views.matches),
    "/statements": ("statements", views.statements),
    "/suggestions": ("suggestions", views.suggestions),
    "/controls": ("controls", views.controls),
    "/decisions": ("decisions", views.decisions),
    "/closes": ("closes", views.closes),
    "/files": ("files", views.files),
}


def desk(settings: Settings, user: str, key: str = "") -> Starlette:
    """The application. user: who decides. key: the private key that this person signs with, where one has it.

    Raises DeskError for a name that no decision could bear, and for a person who signs and has given no key.
    """
    it = _Desk(settings, Decider(settings, user, key))
    sheet = str(style(TEMPLATES / "page.css", _TEMPLATES / "desk.css"))
    script = (_TEMPLATES / "desk.js").read_text(encoding="utf-8")
    return Starlette(
        routes=[
            *(Route(path, it.page(name, view)) for path, (name, view) in _VIEWS.items()),
            Route("/decide", it.asked(it.decide), methods=["POST"]),
            Route("/take-back", it.asked(it.take_back), methods=["POST"]),
            Route("/build", it.progress),
            Route("/start-build", it.asked(it.start), methods=["POST"]),
            Route("/desk.css", lambda _: Response(sheet, media_type="text/css")),
            Route("/desk.js", lambda _: Response(script, media_type="text/javascript")),
        ]
    )


class _Desk:
    """What the routes share."""

    def __init__(self, settings: Settings, decider: Decider) -> None:
        self._settings = settings
        self._shelf = Shelf(settings)
        self._decider = decider
        self._build = Build()
        self._templates = templates(_TEMPLATES, TEMPLATES)
        self._templates.globals.update(
            user=decider.name,
            is_own=lambda name: person_key(name) == person_key(decider.name),
            decimals=currency_decimals,
            evidence=views.evidence,
            left_of=left_of,
            may_be_taken_back=may_be_taken_back,
        )

    def page(self, name: str, view: Callable[..., dict[str, Any]]) -> Callable[[Request], Response]:
        """The route of a page."""

        def respond(request: Request) -> Response:
            known: dict[str, Any] = {}
            try:
                books, note = self._shelf.newest()
                waiting = self._decider.waiting(books)
                taken = taken_by(books, waiting, self._decider.name)
                known = {"books": books, "note": note, "waiting": waiting, "taken": taken}
                seen = views.Seen(
                    books, waiting, taken, self._settings.lake, partial(self._shelf.asked, books)
                )
                shown = view(seen, request.query_params)
            except TieoutError as error:
                return self._html("nothing", 404, problem=str(error), **known)
            return self._html(name, 200, **known | shown)

        return respond

    def _html(self, name: str, status: int, **values: Any) -> Response:
        html = self._templates.get_template(f"{name}.html").render(page=name, **values)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
        return HTMLResponse(html, status, headers=headers)

    def progress(self, _: Request) -> Response:
        """What the build says."""
        return JSONResponse(self._build.state, headers={"Cache-Control": "no-store"})

    def asked(self, do: Callable[[Books, dict[str, Any]], str]) -> Callable[[Request], Any]:
        """The route of an act, which is done if the books are those that the page showed."""

        def done(body: bytes) -> str:
            wanted = json.loads(body)
            books, _ = self._shelf.newest()
            if wanted["books"] != books.version:
                raise DeskError("The books were built again since this page was loaded: look at it again")
            return do(books, wanted)

        async def respond(request: Request) -> Response:
            try:
                return JSONResponse({"done": await run_in_threadpool(done, await request.body())})
            except (TieoutError, OSError) as error:
                return JSONResponse({"error": str(error)}, 409)
            except (ValueError, LookupError, TypeError, AttributeError, InvalidOperation, RecursionError):
                return JSONResponse({"error": "No page of the desk asks for this"}, 400)

        return respond

    def decide(self, books: Books, wanted: dict[str, Any]) -> str:
        """Decide on what a page shows: items, a suggestion or all from a probability on, and so on."""
        acts = self._acts(books, wanted, str(wanted["reason"]))
        if not acts:
            raise DeskError("There is nothing to decide")
        self._decider.decide(books, acts)
        return "It waits for the next build" if len(acts) == 1 else f"{len(acts)} wait for the next build"

    def _acts(self, books: Books, wanted: dict[str, Any], reason: str) -> list[Act]:
        if "at_least" in wanted:
            taken = taken_by(books, self._decider.waiting(books), self._decider.name)
            found = views.acceptable(books, taken, str(wanted["account"]), Decimal(wanted["at_least"]))
            if len(found) != wanted["count"]:
                raise DeskError(f"By now it would be {len(found)} suggestions: look at them again")
            return [_of_suggestion(books, each, reason) for each in found]
        if "suggestion" in wanted:
            (found,) = (each for each in books.suggestions if each.suggestion_id == wanted["suggestion"])
            return [_of_suggestion(books, found, reason)]
        decision = wanted["decision"]
        if decision not in DECIDED:
            raise DeskError(f"{decision!r} is not decided at the desk")
        until_on = datetime.date.fromisoformat(wanted["until_on"]) if wanted.get("until_on") else None
        sums = {currency: Decimal(amount) for currency, amount in wanted.get("sums", {}).items()}
        subjects = tuple(dict.fromkeys(map(str, wanted["subjects"])))
        if wanted.get("are_items"):
            subjects = rows_of(books, subjects)
        elif decision == "exclude" and any(":" in subject for subject in subjects):
            raise DeskError("A row is excluded as an item of an account")
        elif decision == "unmatch" and not self._shelf.asked(books, "match", match=subjects[0]):
            raise DeskError("There is no such match")
        elif decision == "replace":
            replaced, standing = subjects
            if not self._shelf.asked(books, "two_statements", replaced=replaced, standing=standing):
                raise DeskError("These are not two statements of one account")
        return [Act(decision, subjects, reason, until_on, sums, wanted.get("count"))]

    def take_back(self, books: Books, wanted: dict[str, Any]) -> str:
        """Take a decision back."""
        return self._decider.take_back(books, str(wanted["decision_id"]), str(wanted["reason"]))

    def start(self, books: Books, wanted: dict[str, Any]) -> str:
        """Start a build."""
        self._build.start()
        return "The build runs"


def _of_suggestion(books: Books, suggestion: Suggestion, reason: str) -> Act:
    return Act("match", suggestion.item_ids, reason, sums=left_of(books.items_of(suggestion)))
