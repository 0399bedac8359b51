"""The fields an action's form is built of, one sort of argument a file."""
