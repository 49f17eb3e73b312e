"""HTML in texts: tell it, and take it out without touching ``a < b``, ``<3`` or ``<unk>``.

Parsers of documents take any ``<name`` for a tag; here only the elements of HTML are, and only entities that
end in a semicolon.
"""

import html
import re

_IN_LINE = (
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strike"
)
_IN_LINE += " strong sub sup tt u var wbr"
_APART = (
    "address article aside blockquote body br button caption center col colgroup dd div dl dt embed fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe input label legend li link "
    "main meta nav noscript object ol optgroup option p param pre section select source table tbody td "
    "textarea tfoot th thead title tr ul video audio"
)
_ATTRIBUTES = r"""(?:\s+(?:[\w:@.-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?))*\s*/?"""
_TAG = re.compile(
    rf"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>|<!doctype[^<>]*>"
    rf"|</?(?P<apart>{'|'.join(_APART.split())}){_ATTRIBUTES}>|</?(?:{'|'.join(_IN_LINE.split())}){_ATTRIBUTES}>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def has_markup(text: str) -> bool:
    """Tell whether a text holds an HTML tag or entity.

    Examples
    --------
    >>> [has_markup(text) for text in ("fine<br />film", "Q&amp;A", "a < b, I <3 it", "AT&T; <unk>")]
    [True, True, False, False]
    """
    if "<" in text and _TAG.search(text):
        return True
    return "&" in text and any(_is_entity(match) for match in _ENTITY.finditer(text))


def without_markup(text: str) -> str:
    """Return a text without HTML tags, with characters in the place of entities.

    Examples
    --------
    >>> without_markup("<p>Good &amp; cheap<br/>I <3 it: a < b</p>")
    'Good & cheap I <3 it: a < b'
    """
    if "<" in text:
        text = _TAG.sub(lambda match: " " if match["apart"] else "", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text).replace("\xa0", " ")
    return text.strip()


def _is_entity(match: re.Match[str]) -> bool:
    return html.unescape(match[0]) != match[0]
