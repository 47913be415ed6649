"""What API and pages share at the door of HTTP: the running parts, who may call, how bodies and files are read."""
