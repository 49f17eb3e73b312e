"""Word vectors and classifiers to other programs, and from them."""
