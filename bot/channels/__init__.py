"""Input channels beside Rasa's own."""
