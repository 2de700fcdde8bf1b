"""The command risk-screen: read arguments, call, show."""
