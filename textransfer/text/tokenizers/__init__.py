"""Tokenizers, one file per script family or library."""
