"""What is trained on, drawn by its position in the run."""
