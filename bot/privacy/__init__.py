"""What the bot may keep of a person: masking, care words, pseudonyms, erasing, retention."""
