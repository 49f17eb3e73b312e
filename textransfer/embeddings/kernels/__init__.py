"""Compiled loops over arrays; they import numpy and their compiler alone."""
