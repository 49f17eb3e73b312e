"""How far a trained classifier can be trusted."""
