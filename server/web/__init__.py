"""HTTP as one front end of the services: Falcon resources, the listener, the web client's files."""
