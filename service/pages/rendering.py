"""From a template and its values to an HTML answer: an environment per language, links, headers."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from ledger import verdict
from service import formats, law
from service.pages.assets import Assets, accepts_gzip
from service.pages.language import Language, negotiate, parse_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from babel.support import Translations
    from starlette.requests import Request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # not no-referrer: that would turn the Origin of our own forms into "null"
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
PRIVATE = {"Cache-Control": "no-store"}
PUBLIC = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Accept-Encoding"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks, and how: the choices that a page and its links keep without a cookie.

    `carried` are the query parameters that every link repeats. `again` are the fields of the form that led here, where
    the page cannot be seen without them. `user` and `csrf` are set on pages behind the sign-in.
    """

    language: Language
    large: bool
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    csrf: str | None = None

    def link(self, path: str, **query: str | int | None) -> str:
        """`path`, which may have a query, with `query` and the carried choices; a None takes a choice away."""
        path, _, before = path.partition("?")
        together = {**dict(parse_qsl(before, keep_blank_values=True)), **self.carried, **query}
        wanted = {name: str(value) for name, value in together.items() if value is not None}
        return f"{path}?{urlencode(wanted)}" if wanted else path

    def here(self, **query: str | int | None) -> str:
        """This page again with some parameters changed."""
        return self.link(self.path, **{**self.query, **query})


def public_reader(request: Request) -> Reader:
    """The reader of a public page: `?lang=` before Accept-Language; no cookie is read or set."""
    explicit = parse_language(request.query_params.get("lang"))
    large = request.query_params.get("size") == "large"
    carried = ({"lang": explicit.value} if explicit else {}) | ({"size": "large"} if large else {})
    return Reader(
        language=explicit or negotiate(request.headers.get("accept-language")),
        large=large,
        path=own_path(request),
        query={name: value for name, value in request.query_params.items() if name not in {"lang", "size"}},
        carried=carried,
    )


def own_path(request: Request) -> str:
    """The path of the request, fit for a link: `//evil.example` must not come back as the address of another site."""
    return "/" + quote(request.url.path.lstrip("/\\"), safe="/~:@!$&'()*+,;=")


class Renderer:
    """Makes pages. Made once, when the application is; safe for any number of threads."""

    def __init__(self, *, catalogues: Mapping[Language, Translations], assets: Assets) -> None:
        self._catalogues = catalogues
        self._environments = {
            language: _environment(language, translations, assets) for language, translations in catalogues.items()
        }

    def page(self, request: Request, reader: Reader, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render `template` for `reader`. Public pages are gzipped; pages with a form token never are (BREACH)."""
        text = self._environments[reader.language].get_template(template).render(reader=reader, **values)
        if reader.user is not None or reader.csrf is not None:
            return HTMLResponse(text, status_code=status, headers=HEADERS | PRIVATE)
        headers = HEADERS | (PRIVATE if reader.again else PUBLIC)
        if accepts_gzip(request):
            body = gzip.compress(text.encode(), mtime=0)
            return HTMLResponse(body, status_code=status, headers=headers | {"Content-Encoding": "gzip"})
        return HTMLResponse(text, status_code=status, headers=headers)

    def sentence(self, language: Language, message: str, **values: Any) -> str:
        """One translated sentence, for words that a form needs before its template runs."""
        return self._catalogues[language].gettext(message) % values


def _environment(language: Language, translations: Translations, assets: Assets) -> Environment:
    environment = Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "asset": assets.url,
        "language": language,
        "questions": verdict.QUESTIONS,
        "outcome_words": verdict.OUTCOME_WORDS,
        "says": verdict.SAYS,
        "does_not_say": verdict.DOES_NOT_SAY,
        "law": law,
        "languages": tuple(Language),
        "choices": partial(_choices, language),
    }
    environment.filters |= {
        "day": partial(formats.render_day, language=language),
        "moment": partial(formats.render_moment, language=language),
        "names": ("、" if language is Language.ZH else ", ").join,
        "sum_of": _sum_of,
        "capital": law.render_capital_amount,
        "money": partial(formats.render_money, language=language),
        "size": partial(formats.render_size, language=language),
        "hash": formats.group_hash,
        "tojson_pretty": partial(json.dumps, ensure_ascii=False, indent=2),
        "when": partial(formats.render_when, language=language),
        "term": partial(_term, language),
        "words": lambda text: getattr(text, language.value),
    }
    return environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a field."""

    code: str
    label: str


def _choices(language: Language, vocabulary: str) -> tuple[Choice, ...]:
    terms: Mapping[str, law.Term] = getattr(law, vocabulary)
    return tuple(Choice(code=code, label=getattr(term, language.value)) for code, term in terms.items())


def _sum_of(rows: Iterable[object], name: str) -> int:
    """The sum of an attribute over rows, absent values as nothing."""
    return sum(getattr(row, name) or 0 for row in rows)


def _term(language: Language, code: str, vocabulary: str) -> str:
    """The word for a code of `service.law`; a code that the list does not know is shown as it stands."""
    terms: Mapping[str, law.Term] = getattr(law, vocabulary)
    return str(getattr(terms[code], language.value)) if code in terms else code
