"""Forms: what is filled in row by row and asked for at once. Shared by administration, books and the whistle."""
