"""Comparisons of arms on the same draws of labels: splits, intervals, measures, the verdict on transfer."""
