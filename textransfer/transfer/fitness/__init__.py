"""How well vectors suit texts, before any training."""
