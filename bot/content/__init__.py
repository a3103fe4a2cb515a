"""Content engine: reads, checks, looks up, searches and ranks the items of the knowledge base in content/."""
