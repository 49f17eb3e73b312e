"""Documents into words, counts and integers, in compiled loops."""
