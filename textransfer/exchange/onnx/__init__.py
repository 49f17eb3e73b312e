"""Classifiers as ONNX graphs: words in, probabilities out."""
