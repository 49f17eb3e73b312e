"""How good a classifier or a set of word vectors is, on texts and word lists made for that."""
