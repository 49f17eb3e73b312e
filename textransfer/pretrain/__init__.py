"""Learn word vectors from unlabelled text: samples, objectives, engines, the training loop."""
