"""Words of a text into its sentence vector."""
