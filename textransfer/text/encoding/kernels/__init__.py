"""Compiled loops over text: arrays in, arrays out. They import nothing but NumPy and their compiler."""
