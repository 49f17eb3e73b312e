"""Systems compared on the same draws of labels and the same texts."""
