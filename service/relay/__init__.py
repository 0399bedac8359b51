"""Between the services of one PostgreSQL database: waking each other for changes, and passing latest positions on."""
