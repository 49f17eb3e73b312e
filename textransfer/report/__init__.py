"""Figures from finished results."""
