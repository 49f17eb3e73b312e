"""From word vectors to sentence vectors to classes."""
