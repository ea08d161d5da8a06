"""Receiving uploads over HTTP: who may send what (`admission`), the tus protocol, and plain forms."""
