"""Django's PostGIS backend, with a check of kept connections that asks the server nothing."""
