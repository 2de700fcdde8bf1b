"""What goes out to other systems: webhooks and exchange files."""
