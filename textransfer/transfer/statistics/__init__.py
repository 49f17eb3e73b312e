"""Intervals, verdicts and measures of transfer."""
