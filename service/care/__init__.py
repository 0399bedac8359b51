"""Caring for the record: backups and their restoring, the service's private CA, its metrics and its diagnostic log."""
