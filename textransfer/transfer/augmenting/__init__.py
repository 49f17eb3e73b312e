"""Made-up variants of labelled texts."""
