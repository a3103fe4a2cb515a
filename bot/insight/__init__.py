"""What the owners learn from the conversations: read, counted, small numbers hidden, shown as a page and as CSV."""
