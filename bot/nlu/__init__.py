"""Language understanding: Rasa graph components, and the plain functions they stand on."""
