"""What property tests draw: texts in many scripts, ragged documents."""

from hypothesis import strategies as st

SCRIPTS = {
    "latin": "abcixyzABCIXYZ\u00e9\u00fc\u00df\u0130\u0131\u0153\ufb01\u0149",
    "greek": "\u03b1\u03b2\u03a3\u03c3\u03c2\u0391\u03ac",
    "cyrillic": "\u0430\u0431\u0416\u0439\u0451\u0429",
    "hebrew": "\u05d0\u05d1\u05e9\u05dc\u05f3\u05f4\u05b0",
    "arabic": "\u0627\u0628\u0645\u06cc\ufefb\u064e\u0660\u0661",
    "devanagari": "\u0915\u094d\u0937\u093f\u0902\u0967",
    "thai": "\u0e01\u0e33\u0e49\u0e40\u0e51",
    "han": "\u6620\u753b\u9762\u767d\u7121\U00020000",
    "kana": "\u3042\u304c\u30a2\u30fc\uff76\uff9e\u309b",
    "hangul": "\uac00\u1100\u1161\u11a8\u3131\u314b\u314f\uffa1",
    "digits": "0123456789\u0665\uff11\u2460\u00bd\u2163",
}
"""Some letters of each script, the awkward ones among them: marks, ligatures, other widths, other cases."""

BETWEEN = " \t\n_-.,!?'\"`()<>/&#\u2019\u00b4\u3000\u3002\u3001\u00ab\u2026\u00ad\u200c\u200d\u200f\u2028"
EMOJI = "\U0001f600\U0001f44d\U0001f3fd\u2764\ufe0f\U0001f1ef\U0001f1f5\u2605\u266a\u00a9"
EMOJI += "\u200d\u231a\U0001f4bb1\u20e3\U000e0067"
MARKS = "\u0307\u0323\u0301\u0308\u0345\u3099\u20e3"

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
"""Any text at all, half surrogate pairs aside."""

ascii_text = st.text(st.characters(max_codepoint=127), max_size=80)


@st.composite
def script_text(draw: st.DrawFn) -> str:
    """Draw a text whose words come from one or several scripts, with marks, emoji, punctuation between."""
    letters = "".join(SCRIPTS[name] for name in draw(st.lists(st.sampled_from(sorted(SCRIPTS)), min_size=1)))
    piece = st.one_of(
        st.text(letters + MARKS, max_size=8),
        st.text(letters, min_size=1, max_size=8),
        st.text(BETWEEN, min_size=1, max_size=3),
        st.text(EMOJI, max_size=3),
        st.sampled_from(["don't", "<br />", "rock 'n' roll", "''", "\r\n"]),
    )
    return "".join(draw(st.lists(piece, max_size=12)))


texts = st.one_of(script_text(), any_text, ascii_text)

_SOME_WORDS = ["good", "bad", "film", "it's", "\u6620\u753b", "\u00e9t\u00e9", "7"]
documents = st.lists(
    st.lists(st.sampled_from(_SOME_WORDS), max_size=9).map(" ".join), min_size=1, max_size=12
)
"""Ragged documents over a small vocabulary, some of them empty."""
