"""Everything that changes the store: one writer, the work it is given, and the log it keeps."""
