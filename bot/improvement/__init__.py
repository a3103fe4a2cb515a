"""The loop for improvement: what people said and the bot did not understand, for an editor to label."""
