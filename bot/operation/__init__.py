"""What whoever keeps the server running looks at: metrics, the settings in force, versions of model and content."""
