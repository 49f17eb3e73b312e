"""Files into documents and labelled texts."""
