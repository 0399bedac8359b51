"""Writing what the map shows to a file: a picture with its title block, features, or one interactive page."""
