"""Who may do what: knows no table and no request."""
