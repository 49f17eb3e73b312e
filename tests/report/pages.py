"""What every page has to be."""

from html.parser import HTMLParser


class _Tags(HTMLParser):
    """Collects what a page loads, and checks that its tags are closed in order."""

    VOID = ("meta", "br", "path", "use", "rect", "circle", "link", "img", "wbr")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.sources = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href") and "#" not in value[:1]]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def assert_stands_alone(page):
    """Check that a page is well formed and loads nothing."""
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert not {"script", "link", "img", "iframe"} & set(tags.tags)
    assert [source for source in tags.sources if source.startswith(("http", "//", "data"))] == []
    assert "@import" not in page
    assert "url(http" not in page
