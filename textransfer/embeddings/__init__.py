"""Word vectors as values: look-up, files, model card."""
