"""A saved classifier over HTTP: predictions, explanations, neighbours, tables, and a page to try it on."""
