"""What people may do and how they are known: persons, roles, sign-in, limits at run time."""
