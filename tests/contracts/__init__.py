"""Properties that every row of a table must have: a new row inherits them."""
