"""Encoders on the user's disk: what a folder is, opened without network or foreign code; texts encoded."""
