"""What the service keeps: tables, statements, engines, migrations, reading. Writing goes through ``service.write``."""
